import { stream } from '../../../simulation/random/stream.js';

const pointsPerLength = 64;
const segmentPoints = 40 * pointsPerLength;
const stepCorrelation = Math.exp(-1 / pointsPerLength);
/** 1 - r, with which an interpolation at weight w has the variance 1 - 2 w (1 - w) (1 - r). */
const stepDecorrelation = -Math.expm1(-1 / pointsPerLength);

/**
 * Law of the next grid value, given the present one and the right border, which lies `n` steps off, at index
 * n: mean = `present` x + `border` y, standard deviation `deviation`. With r the correlation of a step:
 * (r (1 - r^(2n-2)) x + r^(n-1) (1 - r^2) y) / (1 - r^(2n)) and (1 - r^2) (1 - r^(2n-2)) / (1 - r^(2n)).
 */
const bridge = bridgeLaws();

function bridgeLaws() {
  const present = new Float64Array(segmentPoints + 1);
  const border = new Float64Array(segmentPoints + 1);
  const deviation = new Float64Array(segmentPoints + 1);
  // 1 - r^(2 steps)
  const lost = (steps: number) => -Math.expm1((-2 * steps) / pointsPerLength);
  for (let n = 1; n <= segmentPoints; n++) {
    present[n] = (stepCorrelation * lost(n - 1)) / lost(n);
    border[n] = (Math.exp(-(n - 1) / pointsPerLength) * lost(1)) / lost(n);
    deviation[n] = Math.sqrt((lost(1) * lost(n - 1)) / lost(n));
  }
  return { present, border, deviation };
}

/**
 * A Gaussian process of mean 0 and variance 1 over the way travelled with autocorrelation
 * exp(-way / decorrelationMeters), so an Ornstein-Uhlenbeck process: Gudmundson's model (Electronics Letters
 * 27, 1991). A client that comes back to a place by another way finds another value there: there is no map.
 *
 * The way is cut into segments of 40 decorrelation lengths. The values at their borders are independent (the
 * process would correlate them by e^-40 = 4e-18); within, the values on a grid of 1/64 of the length are
 * drawn forward, each given the one before it and the segment's right border (a bridge, the exact conditional
 * law). Hence a value follows from (seed, purpose, client, way) alone, at the same cost wherever on the way it
 * lies. The latest segment is kept.
 *
 * Between grid points the value is interpolated linearly and divided by the standard deviation of that
 * interpolation: the variance is the same everywhere, the value is continuous, and the autocorrelation
 * exceeds the exponential by 0.004 at most.
 */
export class GaussianProcess {
  #values: Float64Array | null = null;
  readonly #pointsPerMeter: number;
  #segment = -1;

  constructor(
    readonly purpose: string,
    readonly client: { readonly seed: number; readonly id: string },
    decorrelationMeters: number,
  ) {
    this.#pointsPerMeter = pointsPerLength / decorrelationMeters;
  }

  /** After so many meters of way, at least 0. */
  at(travelledMeters: number): number {
    const points = travelledMeters * this.#pointsPerMeter;
    const point = Math.floor(points);
    const segment = Math.floor(point / segmentPoints);
    // A client that stands still needs the first border and no more.
    if (points === segment * segmentPoints) return this.#borderOf(segment);
    const values = segment === this.#segment ? this.#values! : this.#filled(segment);
    const index = point - segment * segmentPoints;
    const weight = points - point;
    const between = (1 - weight) * values[index]! + weight * values[index + 1]!;
    return between / Math.sqrt(1 - 2 * weight * (1 - weight) * stepDecorrelation);
  }

  #borderOf(segment: number): number {
    return stream(this.client.seed, this.purpose, this.client.id, 'border', segment).normal();
  }

  #filled(segment: number): Float64Array {
    const values = (this.#values ??= new Float64Array(segmentPoints + 1));
    const draw = stream(this.client.seed, this.purpose, this.client.id, 'segment', segment);
    const border = this.#borderOf(segment + 1);
    let value = this.#borderOf(segment);
    for (let index = 0; index < segmentPoints; index++) {
      values[index] = value;
      const stepsToBorder = segmentPoints - index;
      value =
        bridge.present[stepsToBorder]! * value +
        bridge.border[stepsToBorder]! * border +
        bridge.deviation[stepsToBorder]! * draw.normal();
    }
    values[segmentPoints] = border;
    this.#segment = segment;
    return values;
  }
}
