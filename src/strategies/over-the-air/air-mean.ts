/** What clients send where their signals add up over the air, so that the server hears a weighted mean. */
export interface AirMean {
  /** rows: each multiplies its values by its training rows; equal: all have one weight. */
  readonly weighting: 'rows' | 'equal';
  /** Parameters, or what the client changed of the global model. */
  readonly of: 'weights' | 'deltas';
}
