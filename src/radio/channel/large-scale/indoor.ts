import { stream } from '../../../simulation/random/stream.js';
import type { Cell } from './settings.js';

/** What being indoors costs a client, as long as it lives. */
export interface Indoor {
  /** Horizontal distance from the wall to the client. */
  readonly insideMeters: number;
  /** Through the wall and inside: PLtw + PLin + N(0, sigmaP^2). */
  readonly lossDb: number;
}

interface Model {
  /** Loss through the wall in dB, of a carrier in GHz. */
  readonly wallDb: (gigahertz: number) => number;
  /** sigmaP. */
  readonly deviationDb: number;
}

/** Materials of TR 38.901, table 7.4.3-1: dB, of a carrier in GHz. */
const glassDb = (gigahertz: number) => 2 + 0.2 * gigahertz;
const coatedGlassDb = (gigahertz: number) => 23 + 0.3 * gigahertz;
const concreteDb = (gigahertz: number) => 5 + 4 * gigahertz;

/** 5 dB for a way that is not perpendicular, and a wall of two materials. */
function wallDb(share: number, oneDb: number, otherDb: number): number {
  return 5 - 10 * Math.log10(share * 10 ** (-oneDb / 10) + (1 - share) * 10 ** (-otherDb / 10));
}

/** TR 38.901, table 7.4.3-2. */
export const indoorModels: Readonly<Record<Cell['indoorLoss'], Model>> = {
  low: { wallDb: (ghz) => wallDb(0.3, glassDb(ghz), concreteDb(ghz)), deviationDb: 4.4 },
  high: { wallDb: (ghz) => wallDb(0.7, coatedGlassDb(ghz), concreteDb(ghz)), deviationDb: 6.5 },
};

/** Shadowing of a client indoors: TR 38.901, table 7.5-6, O2I. */
export const indoorShadowing = { shadowingDb: 7, shadowingMeters: 7 };

/**
 * The client's place indoors, null for one that is outdoors; `indoorShare` is the probability of the former.
 * Of UMa and UMi the distance inside is the lesser of two that are uniform up to 25 m (TR 38.901, 7.4.3.1), at
 * half a dB a meter. Drawn once for a client, which does not leave its building.
 */
export function indoorOf(
  { indoorShare, indoorLoss }: Pick<Cell, 'indoorShare' | 'indoorLoss'>,
  carrierHz: number,
  { seed, id }: { readonly seed: number; readonly id: string },
): Indoor | null {
  if (indoorShare === 0) return null;
  const draw = stream(seed, 'indoor', id);
  if (draw.uniform() >= indoorShare) return null;
  const { wallDb, deviationDb } = indoorModels[indoorLoss];
  const insideMeters = 25 * Math.min(draw.uniform(), draw.uniform());
  const lossDb = wallDb(carrierHz / 1e9) + 0.5 * insideMeters + deviationDb * draw.normal();
  return { insideMeters, lossDb };
}
