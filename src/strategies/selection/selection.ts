import type { History } from '../../../machines/server.js';
import type { Stream } from '../../simulation/random/stream.js';
import type { Strategy } from '../strategy.js';

export interface ToSelect {
  /** Who can be selected. */
  readonly clients: readonly string[];
  /** How many the scenario asks for. */
  readonly size: number;
  /** The version of the global model that they will work on. */
  readonly version: number;
  /** How each client has done so far, in this stage. */
  readonly history: Readonly<Record<string, History>>;
}

/**
 * Who takes part: some of `clients`, in their order, at least one. `draw` belongs to the stage and the
 * version.
 */
export type Selection = (given: ToSelect, draw: Stream) => readonly string[];

export type SelectionStrategy = Strategy<Selection>;

/** ceil(fraction · count), at least 1, not raised by the rounding of the product: 0.1 · 30 gives 3, not 4. */
export function cohortSize(fraction: number, count: number): number {
  return Math.max(1, Math.ceil(fraction * count - 1e-9));
}
