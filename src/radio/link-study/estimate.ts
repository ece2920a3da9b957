import { wilson } from '../../interval.js';
import { studentQuantile } from '../../student.js';

/** A figure of a simulation, with its 95 % confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Mean of values that come one by one. Where neighbours depend on each other, `batch` of them in a row count
 * as one (batch means; Law, Simulation Modeling and Analysis, 2015, section 9.5.3).
 */
export class Tally {
  readonly #batch: number;
  #batches = 0;
  #mean = 0;
  /** Sum of squared deviations, by Welford 1962. */
  #squares = 0;
  #sum = 0;
  #inBatch = 0;

  constructor(batch = 1) {
    this.#batch = batch;
  }

  add(value: number): void {
    this.#sum += value;
    this.#inBatch += 1;
    if (this.#inBatch < this.#batch) return;
    const mean = this.#sum / this.#batch;
    this.#sum = 0;
    this.#inBatch = 0;
    this.#batches += 1;
    const off = mean - this.#mean;
    this.#mean += off / this.#batches;
    this.#squares += off * (mean - this.#mean);
  }

  /** Standard deviation of a batch's mean; 0 for fewer than two. */
  get standardDeviation(): number {
    return this.#batches < 2 ? 0 : Math.sqrt(this.#squares / (this.#batches - 1));
  }

  /** By Student's law; null for fewer than two batches. A batch that is not full does not count. */
  get estimate(): Estimate | null {
    if (this.#batches < 2) return null;
    const value = this.#mean;
    const standardError = this.standardDeviation / Math.sqrt(this.#batches);
    const half = studentQuantile(this.#batches - 1) * standardError;
    return { value, standardError, low: value - half, high: value + half };
  }
}

/**
 * Estimate of a probability from `hits` among `trials` >= 1. The interval is Wilson's (1927), sound at 0 and
 * at 1.
 */
export function proportion(hits: number, trials: number): Estimate {
  const value = hits / trials;
  return { value, standardError: Math.sqrt((value * (1 - value)) / trials), ...wilson(value, trials) };
}

/** The quantile of sorted values, linear between two of them; null where there are none. */
export function quantile(sorted: ArrayLike<number>, probability: number): number | null {
  const place = probability * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) return null;
  return below + (place - Math.floor(place)) * (above - below);
}
