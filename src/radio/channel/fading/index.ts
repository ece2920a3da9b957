import type { Stream } from '../../../simulation/random/stream.js';
import { made } from '../../../strategies/strategy.js';
import { integrate } from '../quadrature.js';
import { sameQuantile, type PositiveLaw } from './quantile-table.js';
import type { Fading, FadingStrategy, GainLaw } from './fading.js';
import {
  gammaLower,
  gammaUpper,
  logGamma,
  noncentralGammaDensity,
  noncentralGammaLower,
  noncentralGammaUpper,
} from '../special-functions.js';

/** By the name that a scenario's `channel.fading` gives; all but "trace", whose law its samples make. */
export const fadings = {
  none: { name: 'none', description: 'additive white Gaussian noise alone', make: () => constantLaw(1) },
  rayleigh: { name: 'rayleigh', description: 'scattered paths alone', make: () => rayleighLaw },
  rician: {
    name: 'rician',
    description: 'a line of sight beside scattered paths',
    make: ({ ricianK }) => ricianLaw(ricianK),
  },
  nakagami: {
    name: 'nakagami',
    description: 'gamma-distributed power',
    make: ({ nakagamiM }) => nakagamiLaw(nakagamiM),
  },
} as const satisfies Readonly<Record<string, FadingStrategy>>;

/** The law that the scenario names. RangeError for "trace": see `empiricalLaw`; and for K < 0 or m < 0.5. */
export function gainLaw(channel: Fading, table: Readonly<Record<string, FadingStrategy>> = fadings): GainLaw {
  if (channel.fading === 'trace') {
    throw new RangeError('the law of a trace comes from its samples: empiricalLaw(gains)');
  }
  return made(table, channel.fading, channel);
}

/** A channel of one gain: additive white Gaussian noise alone. */
function constantLaw(value: number): GainLaw {
  return {
    draw: () => value,
    cdf: (gain) => (gain >= value ? 1 : 0),
    mean: (f, { above = 0 } = {}) => (above <= value ? f(value) : 0),
    ofRayleigh: () => value,
    sum: (gains) => constantLaw(gains * value),
  };
}

/** Rayleigh fading: h is complex Gaussian, so that |h|^2 is exponential. */
const rayleighLaw: GainLaw = {
  draw: (from) => from.exponential(),
  cdf: (gain) => (gain > 0 ? -Math.expm1(-gain) : 0),
  mean: meanOf({ density: (gain) => Math.exp(-gain), bottom: 0, top: 60 }, 1),
  ofRayleigh: (gain) => gain,
  sum: (gains) => (gains === 1 ? rayleighLaw : gammaLaw(gains, 1)),
};

/**
 * Rician fading: a line of sight of power K / (K + 1) and scattered paths of power 1 / (K + 1), as a ratio K
 * >= 0. P(G <= g) = 1 - Q_1(sqrt(2K), sqrt(2 (K + 1) g)) (Simon and Alouini, Digital Communication over
 * Fading Channels, 2005, section 2.2.1.3). K = 0 is Rayleigh. The sum of n such gains has the noncentral
 * chi-square law of 2n degrees of freedom, all lines of sight in one coordinate.
 */
function ricianLaw(k: number, gains = 1): GainLaw {
  if (!(k >= 0) || k === Infinity) throw new RangeError(`ricianK is ${k}, expected a ratio from 0`);
  if (k === 0) return rayleighLaw.sum!(gains);
  const lambda = gains * k;
  const direct = Math.sqrt(lambda / (k + 1));
  const scattered = Math.sqrt(0.5 / (k + 1));
  // Beyond t from the line of sight lies e^-60 of h, and below a gain g at most (K + 1) g.
  const spread = Math.sqrt((gains === 1 ? 60 : gains * greatestOf(gains)) / (k + 1));
  const law: PositiveLaw = {
    lower: (gain) => noncentralGammaLower(gains, lambda, (k + 1) * gain),
    upper: (gain) =>
      gains === 1
        ? noncentralGammaUpper(k, (k + 1) * gain)
        : 1 - noncentralGammaLower(gains, lambda, (k + 1) * gain),
    density: (gain) => (k + 1) * noncentralGammaDensity(gains, lambda, (k + 1) * gain),
    bottom: direct > spread ? (direct - spread) * (direct - spread) : Math.exp(-60) / (k + 1),
    top: (direct + spread) * (direct + spread),
  };
  return positiveLaw(law, {
    mean: gains,
    draw: (from) => {
      const real = direct + scattered * from.normal();
      const imaginary = scattered * from.normal();
      const others = gains === 1 ? 0 : from.gamma(gains - 1) / (k + 1);
      return real * real + imaginary * imaginary + others;
    },
    sum: (more) => ricianLaw(k, gains * more),
  });
}

let latestNakagami: { readonly m: number; readonly law: GainLaw } | undefined;

/**
 * Nakagami fading of shape m >= 0.5: |h|^2 is Gamma(m) / m (Nakagami 1960; Simon and Alouini, section
 * 2.2.1.4). m = 1 is Rayleigh. The latest law is kept: the links of a run share its table of quantiles.
 */
function nakagamiLaw(m: number): GainLaw {
  if (!(m >= 0.5) || m === Infinity) throw new RangeError(`nakagamiM is ${m}, expected a shape from 0.5`);
  if (m === 1) return rayleighLaw;
  if (latestNakagami?.m !== m) latestNakagami = { m, law: gammaLaw(m, m) };
  return latestNakagami.law;
}

/** Gamma(shape) / rate. */
function gammaLaw(shape: number, rate: number): GainLaw {
  const logScale = shape * Math.log(rate) - logGamma(shape);
  const mean = shape / rate;
  const law: PositiveLaw = {
    lower: (gain) => gammaLower(shape, rate * gain),
    upper: (gain) => gammaUpper(shape, rate * gain),
    density: (gain) => Math.exp(logScale + (shape - 1) * Math.log(gain) - rate * gain),
    bottom: mean * chernoff(shape, (low, high) => Math.sqrt(low * high), 1e-200),
    top: mean * greatestOf(shape),
  };
  return positiveLaw(law, {
    mean,
    draw: (from) => from.gamma(shape) / rate,
    sum: (gains) => gammaLaw(gains * shape, rate),
  });
}

/** Above it less than e^-60 of Gamma(m) / m lies. */
function greatestOf(m: number): number {
  return chernoff(m, (low, high) => (low + high) / 2, 200);
}

/**
 * The gain on the side of 1 where `far` lies, next to which m (g - 1 - ln g) = 60: by Chernoff's bound less
 * than e^-60 of Gamma(m) / m lies beyond.
 */
function chernoff(m: number, between: (a: number, b: number) => number, far: number): number {
  let beyond = far;
  let within = 1;
  for (let step = 0; step < 60; step++) {
    const gain = between(within, beyond);
    if (m * (gain - 1 - Math.log(gain)) < 60) within = gain;
    else beyond = gain;
  }
  return beyond;
}

interface Gain {
  readonly mean: number;
  readonly draw: (from: Stream) => number;
  readonly sum: (gains: number) => GainLaw;
}

function positiveLaw(law: PositiveLaw, { mean, draw, sum }: Gain): GainLaw {
  let quantileMap: ((gain: number) => number) | undefined;
  return {
    draw,
    sum,
    cdf: (gain) => (gain > 0 ? law.lower(gain) : 0),
    mean: meanOf(law, mean),
    ofRayleigh: (gain) => (quantileMap ??= sameQuantile(law))(gain),
  };
}

/** Quadrature of a density piece by piece: between the breaks, the ends of the law, and its mean. */
function meanOf(
  { density, bottom, top }: Pick<PositiveLaw, 'density' | 'bottom' | 'top'>,
  mean: number,
): GainLaw['mean'] {
  return (f, { above = 0, breaks = [], tolerance } = {}) => {
    const from = Math.max(above, bottom);
    const cuts = [from, top, mean, ...breaks]
      .filter((cut) => cut >= from && cut <= top)
      .sort((a, b) => a - b);
    const weighted = (gain: number) => f(gain) * density(gain);
    return cuts.reduce((sum, cut, i) => sum + integrate(weighted, cuts[i - 1] ?? cut, cut, tolerance), 0);
  };
}

/**
 * The law that gives each of the samples the same probability. RangeError where there is none, or one is
 * negative or not finite.
 */
export function empiricalLaw(gains: readonly number[]): GainLaw {
  const sorted = Float64Array.from(gains).sort();
  const count = sorted.length;
  if (count === 0 || !(sorted[0]! >= 0) || !(sorted[count - 1]! < Infinity)) {
    throw new RangeError(`the law of ${count} gains: expected at least one, all finite and from 0`);
  }
  return {
    draw: (from) => sorted[from.below(count)]!,
    cdf: (gain) => countUpTo(sorted, gain) / count,
    mean: (f, { above = 0 } = {}) =>
      sorted.reduce((sum, gain) => (gain >= above ? sum + f(gain) : sum), 0) / count,
    ofRayleigh: (gain) => sorted[Math.min(count - 1, Math.floor(-Math.expm1(-gain) * count))]!,
  };
}

/** How many of the sorted values are at most `limit`. */
function countUpTo(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
