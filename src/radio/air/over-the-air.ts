import type { Static } from 'typebox';
import { atLeastZero, closed } from '../../settings/form.js';

/** Options of the sharing "over-the-air". */
export const AirOptions = closed({
  cutoffGain: atLeastZero(
    0.1,
    'power gain, relative to its mean, below which a client is silent in a coherence block',
  ),
});

export interface AirSettings extends Static<typeof AirOptions> {
  /** Of the server; several are combined towards the sum of the clients' channels. */
  readonly antennas: number;
}

export const overTheAir = {
  name: 'over-the-air',
  description:
    'all clients send their parameters at once and uncoded; the server hears their sum in noise (over-the-air computation)',
  options: AirOptions,
} as const;
