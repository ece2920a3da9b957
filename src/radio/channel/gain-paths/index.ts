import { stream } from '../../../simulation/random/stream.js';
import { nameOf } from '../../../strategies/strategy.js';
import type { Fading, GainLaw } from '../fading/fading.js';
import {
  complexGains,
  constantPath,
  drawComplexNormal,
  scatteredPath,
  type ComplexGains,
  type GainPath,
  type PowerOf,
  type ScatteredField,
} from './gain-path.js';
import { gaussMarkovField } from './gauss-markov.js';
import { independentPath } from './independent.js';
import { jakesField } from './jakes.js';
import type { Motion } from './motion.js';
import type { GainPathSettings } from './settings.js';

export type { GainPath } from './gain-path.js';

type Channel = Fading & Pick<GainPathSettings, 'correlation'>;
type Correlated = Exclude<Channel['correlation'], 'independent'>;

/** By the name of `channel.correlation`. */
const fields: Readonly<Record<Correlated, (motion: Motion, seed: number, link: string) => ScatteredField>> = {
  'gauss-markov': gaussMarkovField,
  jakes: jakesField,
};

/**
 * By the name of `channel.fading`: what makes a power gain of the scattered field, where that has a way of
 * its own.
 */
const powers: Readonly<Record<string, (channel: Channel, seed: number, link: string) => PowerOf>> = {
  rayleigh: () => rayleighPower,
  rician: ({ ricianK }, seed, link) => ricianPower(ricianK, seed, link),
};

/** What the gains of a link follow from, besides the channel. */
export interface Gains {
  readonly seed: number;
  /** Names the link: both directions of a client share their gains where they share the name. */
  readonly link: string;
  readonly law: GainLaw;
  readonly motion: Motion;
}

/**
 * The gains of one link over all of virtual time: independent from block to block, or the power of a scattered
 * field that changes with the client's motion. Fading "none" has gain 1 for ever. RangeError for fading "trace",
 * whose gains come from a file (fading/trace.ts).
 */
export function gainPath(channel: Channel, { seed, link, law, motion }: Gains): GainPath {
  const { correlation, fading } = channel;
  if (fading === 'trace') throw new RangeError('the gains of a trace come from its file');
  if (fading === 'none') return constantPath(1);
  if (correlation === 'independent') return independentPath(law, { seed, purpose: 'fading', link });
  const powerOf = powers[nameOf(fading)]?.(channel, seed, link) ?? quantilePower(law);
  if (motion.turnsPerBlock === 0) return constantPath(standing(powerOf, seed, link));
  return scatteredPath(fields[correlation](motion, seed, link), powerOf);
}

/** The gain of a link on which nothing moves: one draw of its law for ever. */
function standing(powerOf: PowerOf, seed: number, link: string): number {
  const field = complexGains(1);
  drawComplexNormal(stream(seed, 'standing', link), field, 0);
  const gains = new Float64Array(1);
  powerOf(field, gains);
  return gains[0]!;
}

/** |h|^2. */
function rayleighPower({ real, imaginary }: ComplexGains, gains: Float64Array): void {
  for (let k = 0; k < gains.length; k++) gains[k] = real[k]! * real[k]! + imaginary[k]! * imaginary[k]!;
}

/**
 * |sqrt(K / (K + 1)) e^(i phi) + h / sqrt(K + 1)|^2. The line of sight keeps one drawn phase: its own Doppler
 * shift is taken as 0, as of a client that moves at right angles to it.
 */
function ricianPower(k: number, seed: number, link: string): PowerOf {
  const phase = complexGains(1);
  drawComplexNormal(stream(seed, 'line of sight', link), phase, 0);
  const length = Math.sqrt(phase.real[0]! * phase.real[0]! + phase.imaginary[0]! * phase.imaginary[0]!);
  const direct = Math.sqrt(k / (k + 1)) / length;
  const directReal = direct * phase.real[0]!;
  const directImaginary = direct * phase.imaginary[0]!;
  const scattered = Math.sqrt(1 / (k + 1));
  return ({ real, imaginary }, gains) => {
    for (let i = 0; i < gains.length; i++) {
      const x = directReal + scattered * real[i]!;
      const y = directImaginary + scattered * imaginary[i]!;
      gains[i] = x * x + y * y;
    }
  };
}

/**
 * The gain of a law at the quantile of |h|^2: exact marginal law, the ranks of the Rayleigh path. The
 * autocorrelation of the gain is then near, not at, the square of that of the field.
 */
function quantilePower(law: GainLaw): PowerOf {
  return (field, gains) => {
    rayleighPower(field, gains);
    for (let k = 0; k < gains.length; k++) gains[k] = law.ofRayleigh(gains[k]!);
  };
}
