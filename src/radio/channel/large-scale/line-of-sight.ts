import { normalCdf } from '../special-functions.js';
import { distanceFactor, heightFactor } from './effective-height.js';
import { GaussianProcess } from './gaussian-process.js';
import type { FormulaName } from './path-loss.js';
import type { Cell } from './settings.js';

/** A path loss that is one of two formulas, by chance. */
export interface Mixture {
  readonly clear: FormulaName;
  readonly blocked: FormulaName;
  /** Probability of a line of sight at a horizontal distance outdoors and a client's height, in meters. */
  readonly probability: (distance2dMeters: number, clientHeightMeters: number) => number;
}

/** 18/d + exp(-d / fall) (1 - 18/d), and 1 up to 18 m. */
function inTheStreet(distance2dMeters: number, fallMeters: number): number {
  if (distance2dMeters <= 18) return 1;
  const near = 18 / distance2dMeters;
  return near + Math.exp(-distance2dMeters / fallMeters) * (1 - near);
}

/** TR 38.901, table 7.4.2-1. */
const mixtures: Readonly<Record<Exclude<Cell['pathLoss'], FormulaName>, Mixture>> = {
  'tr38901-uma': {
    clear: 'tr38901-uma-los',
    blocked: 'tr38901-uma-nlos',
    probability: (distance, height) =>
      inTheStreet(distance, 63) * (distance <= 18 ? 1 : 1 + heightFactor(height) * distanceFactor(distance)),
  },
  'tr38901-umi': {
    clear: 'tr38901-umi-los',
    blocked: 'tr38901-umi-nlos',
    probability: (distance) => inTheStreet(distance, 36),
  },
};

/** Undefined where the path loss is a formula by itself. */
export function mixtureOf(name: Cell['pathLoss']): Mixture | undefined {
  return (mixtures as Readonly<Partial<Record<Cell['pathLoss'], Mixture>>>)[name];
}

/** The formulas that a path loss is made of. */
export function formulasOf(name: Cell['pathLoss']): readonly FormulaName[] {
  const mixture = mixtureOf(name);
  return mixture === undefined ? [name as FormulaName] : [mixture.clear, mixture.blocked];
}

/** Distance over which the state of the line of sight is correlated: TR 38.901, table 7.6.3.1-2, UMa and UMi. */
const stateMeters = 50;

/**
 * Whether a client has a line of sight, over the way travelled and at its distance outdoors: a Gaussian process
 * along the way, mapped to a uniform number (TR 38.901, 7.6.3.3), is compared with the probability there. So the
 * state is the same for as long as a client stands still, and changes seldom within a few meters.
 */
export function lineOfSight(
  { probability }: Mixture,
  clientHeightMeters: number,
  client: { readonly seed: number; readonly id: string },
): (travelledMeters: number, distance2dMeters: number) => boolean {
  const process = new GaussianProcess('line of sight', client, stateMeters);
  return (travelled, distance) =>
    normalCdf(process.at(travelled)) < probability(distance, clientHeightMeters);
}
