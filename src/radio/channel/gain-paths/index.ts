import { stream } from '../../../simulation/random/stream.js';
import { dopplerHz } from './doppler.js';
import { nameOf } from '../../../strategies/strategy.js';
import type { Fading, GainLaw } from '../fading/fading.js';
import { gainLaw } from '../fading/index.js';
import { besselJ0Complement } from '../special-functions.js';
import {
  complexGains,
  constantPath,
  drawComplexNormal,
  SegmentedPath,
  type ComplexGains,
  type GainPath,
  type PowerOf,
  type ScatteredField,
} from './gain-path.js';
import { gaussMarkovField } from './gauss-markov.js';
import { jakesField } from './jakes.js';
import type { GainPathSettings } from './settings.js';

export type { GainPath } from './gain-path.js';

type Channel = Fading & GainPathSettings;
type Correlation = Exclude<Channel['correlation'], 'independent'>;

/** By the name of `channel.correlation`, from the Doppler shift in cycles per block (fD T). */
const fields: Readonly<
  Record<Correlation, (dopplerPerBlock: number, seed: number, link: string) => ScatteredField>
> = {
  'gauss-markov': (dopplerPerBlock, seed, link) =>
    gaussMarkovField(besselJ0Complement(2 * Math.PI * dopplerPerBlock), seed, link),
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

/**
 * The gains of one link over all of virtual time, correlated as the scenario says: power of a scattered field
 * with the autocorrelation J0(2 pi fD T) from block to block. `link` names the link: both directions of a
 * client share their gains where they share the name. Fading "none" has gain 1 for ever; `law` is that of a
 * user's own fading. RangeError for correlation "independent" and for fading "trace", which have no such
 * field.
 */
export function gainPath(channel: Channel, seed: number, link: string, law?: GainLaw): GainPath {
  const { correlation, fading } = channel;
  if (correlation === 'independent' || fading === 'trace') {
    throw new RangeError(`no gain path for correlation "${correlation}" with fading "${nameOf(fading)}"`);
  }
  if (fading === 'none') return constantPath(1);
  const dopplerPerBlock = dopplerHz(channel) * channel.coherenceSeconds;
  const powerOf = powers[nameOf(fading)]?.(channel, seed, link) ?? quantilePower(law ?? gainLaw(channel));
  if (besselJ0Complement(2 * Math.PI * dopplerPerBlock) === 0)
    return constantPath(standing(powerOf, seed, link));
  return new SegmentedPath(fields[correlation](dopplerPerBlock, seed, link), powerOf);
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
 * autocorrelation of the gain is then near, not at, the square of J0.
 */
function quantilePower(law: GainLaw): PowerOf {
  return (field, gains) => {
    rayleighPower(field, gains);
    for (let k = 0; k < gains.length; k++) gains[k] = law.ofRayleigh(gains[k]!);
  };
}
