import type { Cell } from '../../../../src/radio/channel/large-scale/settings.js';
import type { KeyedClient } from '../../../../src/settings/per-client.js';

/** The cell that a scenario gets by default, for tests to vary. */
export const cell: Cell = {
  radiusMeters: 250,
  minDistanceMeters: 10,
  positions: null,
  distanceMeters: null,
  pathLoss: 'tr36814-macro',
  shadowingDb: null,
  shadowingMeters: null,
  baseHeightMeters: null,
  clientHeightMeters: 1.5,
  indoorShare: 0,
  indoorLoss: 'low',
  antennaGainDb: 0,
  noiseDensityDbmPerHz: -174,
  noiseFigureDb: 7,
  mobility: null,
};

/** The n-th client of a run, from 1. */
export function client(number: number): KeyedClient {
  return { seed: 1, id: `client-${number}`, index: number - 1 };
}
