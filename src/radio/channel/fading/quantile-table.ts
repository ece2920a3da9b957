/** A law of positive gains, as `sameQuantile` needs it. */
export interface PositiveLaw {
  /** P(G <= gain), precise where it is small. */
  readonly lower: (gain: number) => number;
  /** P(G > gain), precise where it is small. */
  readonly upper: (gain: number) => number;
  readonly density: (gain: number) => number;
  /** Gains outside of which less than e^-56 of the law lies, both above 0. */
  readonly bottom: number;
  readonly top: number;
}

const knotsPerUnit = 16;
const lowest = -36;
const knots = 40 * knotsPerUnit + 1;

/**
 * The map from a unit exponential gain y to the gain of the same quantile under `law`, increasing. From a
 * table of ln gain over ln y (2e-16 <= y <= 54), where both tails are all but straight lines, by cubic
 * Hermite interpolation with the exact slopes; beyond the table along its last slope. Relative error below
 * 1e-8.
 */
export function sameQuantile(law: PositiveLaw): (rayleighGain: number) => number {
  const values = new Float64Array(knots);
  const slopes = new Float64Array(knots);
  for (let k = 0, gain = 1; k < knots; k++) {
    const y = Math.exp(lowest + k / knotsPerUnit);
    gain = quantile(law, y, gain);
    values[k] = Math.log(gain);
    slopes[k] = (y * Math.exp(-y)) / (gain * law.density(gain)) / knotsPerUnit;
  }
  return (rayleighGain) => Math.exp(hermite(values, slopes, Math.log(rayleighGain)));
}

function hermite(values: Float64Array, slopes: Float64Array, logarithm: number): number {
  const at = (logarithm - lowest) * knotsPerUnit;
  const k = Math.min(Math.max(Math.floor(at), 0), knots - 2);
  const u = at - k;
  const here = values[k]!;
  const next = values[k + 1]!;
  if (u < 0) return here + u * slopes[k]!;
  if (u > 1) return next + (u - 1) * slopes[k + 1]!;
  const rise = next - here;
  const bend = slopes[k]! - rise;
  const turn = slopes[k + 1]! - rise;
  return here + u * (rise + (1 - u) * (bend * (1 - u) - turn * u));
}

/**
 * The gain with P(G > gain) = e^-y: Newton's iteration in ln gain on the smaller tail, from a gain to begin
 * with, kept in a bracket.
 */
function quantile(law: PositiveLaw, y: number, begin: number): number {
  let low = Math.log(law.bottom);
  let high = Math.log(law.top);
  let at = Math.min(Math.max(Math.log(begin), low), high);
  for (let step = 0; step < 200; step++) {
    const gain = Math.exp(at);
    const tail = y < Math.LN2 ? law.lower(gain) : law.upper(gain);
    const error = y < Math.LN2 ? Math.log(tail) - Math.log(-Math.expm1(-y)) : -y - Math.log(tail);
    if (error < 0) low = at;
    else high = at;
    const newton = at - (error * tail) / (gain * law.density(gain));
    const next = newton >= low && newton <= high ? newton : (low + high) / 2;
    if (Math.abs(next - at) <= 1e-14 * Math.max(1, Math.abs(at))) return Math.exp(next);
    at = next;
  }
  return Math.exp(at);
}
