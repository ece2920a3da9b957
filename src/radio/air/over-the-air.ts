import Type, { type Static } from 'typebox';
import { atLeastZero, closed } from '../../settings/form.js';

/** Options of the sharing "over-the-air". */
export const AirOptions = closed({
  cutoffGain: atLeastZero(
    0.1,
    'power gain, relative to its mean, below which a client is silent in a coherence block',
  ),
  antennas: Type.Integer({
    minimum: 1,
    maximum: 1024,
    default: 1,
    description:
      'of the server; more than one, with Rayleigh fading of independent blocks, are combined towards the sum of the ' +
      'clients’ channels',
  }),
});

export type AirSettings = Static<typeof AirOptions>;

export const overTheAir = {
  name: 'over-the-air',
  description:
    'all clients send their parameters at once and uncoded; the server hears their sum in noise (over-the-air computation)',
  options: AirOptions,
} as const;
