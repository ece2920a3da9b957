import { GaussianProcess } from './gaussian-process.js';

/** Log-normal shadowing of a link, of both directions alike (the channel is reciprocal). */
export interface Shadowing {
  /** Loss in dB beyond the median, Gaussian of mean 0, after so many meters of way (at least 0). */
  dbAt(travelledMeters: number): number;
}

/** Of a client, correlated along its way (gaussian-process.ts). Each `purpose` is drawn for itself. */
export function shadowing(
  { deviationDb, decorrelationMeters }: { deviationDb: number; decorrelationMeters: number },
  client: { readonly seed: number; readonly id: string },
  purpose = 'shadowing',
): Shadowing {
  const process = new GaussianProcess(purpose, client, decorrelationMeters);
  return { dbAt: (travelledMeters) => deviationDb * process.at(travelledMeters) };
}
