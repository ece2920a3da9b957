import { stream } from '../../../simulation/random/stream.js';
import { levelCrossing } from '../gain-paths/doppler.js';
import type { BurstSettings } from './settings.js';

/** The state of a link over all of virtual time: a pure function of (seed, link, seconds). */
export interface BurstPath {
  /** Whether the link is in its bad state at a time from 0 on; RangeError for others. */
  isBad(seconds: number): boolean;
}

/** Mean durations of the two states. */
export interface BurstSeconds {
  readonly goodSeconds: number;
  readonly badSeconds: number;
}

/**
 * The mean durations: the scenario's own, or where `fadeGain` is given those of Rayleigh fading above and
 * below it: bad = average fade duration, good = the rest of the mean time between two fades. RangeError where
 * neither is given, or where nothing moves (a Doppler shift of 0) or the shift is not steady (null).
 */
export function burstSeconds(settings: BurstSettings, dopplerHz: number | null): BurstSeconds {
  const { goodSeconds, badSeconds, fadeGain } = settings;
  if (goodSeconds !== null && badSeconds !== null) return { goodSeconds, badSeconds };
  if (fadeGain === null || dopplerHz === null || !(dopplerHz > 0)) {
    throw new RangeError(
      `bursts of goodSeconds ${goodSeconds}, badSeconds ${badSeconds}, fadeGain ${fadeGain} at ` +
        `${dopplerHz} Hz Doppler: expected both durations, or a fadeGain and a steady Doppler shift above 0`,
    );
  }
  const { ratePerSecond, averageFadeSeconds } = levelCrossing(dopplerHz, fadeGain);
  return { goodSeconds: 1 / ratePerSecond - averageFadeSeconds, badSeconds: averageFadeSeconds };
}

/** Mean number of redraws in a segment. */
const redrawsPerSegment = 32;

/**
 * The stationary two-state Markov chain with these mean durations, exact under random access. A chain that
 * leaves good at the rate a and bad at the rate b is the same as one whose state is drawn anew from the
 * stationary law (bad with probability a / (a + b)) at the points of a Poisson process of rate a + b. The
 * points of disjoint segments of time are independent, so each segment has a stream of its own; the state at
 * a time is that drawn at the last point before it, which may lie in an earlier segment.
 */
export function burstPath(
  settings: BurstSettings,
  dopplerHz: number | null,
  seed: number,
  link: string,
): BurstPath {
  return new RedrawnStates(burstSeconds(settings, dopplerHz), seed, link);
}

class RedrawnStates implements BurstPath {
  readonly #badProbability: number;
  readonly #redrawsPerSecond: number;
  readonly #seed: number;
  readonly #link: string;
  // The segment used last; times in units of the mean time between two redraws, from its start.
  #segment = NaN;
  #times: number[] = [];
  #states: boolean[] = [];
  #before = false;

  constructor({ goodSeconds, badSeconds }: BurstSeconds, seed: number, link: string) {
    this.#badProbability = badSeconds / (goodSeconds + badSeconds);
    this.#redrawsPerSecond = 1 / goodSeconds + 1 / badSeconds;
    this.#seed = seed;
    this.#link = link;
  }

  isBad(seconds: number): boolean {
    if (!(seconds >= 0) || seconds === Infinity) {
      throw new RangeError(`the state at ${seconds} s: expected a time from 0`);
    }
    const time = seconds * this.#redrawsPerSecond;
    const segment = Math.floor(time / redrawsPerSegment);
    if (segment !== this.#segment) this.#open(segment);
    const last = this.#lastUpTo(time - segment * redrawsPerSegment);
    return last < 0 ? this.#before : this.#states[last]!;
  }

  #open(segment: number): void {
    this.#before = this.#stateBefore(segment);
    this.#draw(segment);
    this.#segment = segment;
  }

  /**
   * The state that the latest segment before this one with any redraw ends in; almost always the one before.
   */
  #stateBefore(segment: number): boolean {
    for (let earlier = segment - 1; ; earlier--) {
      if (earlier !== this.#segment) this.#draw(earlier);
      this.#segment = NaN;
      if (this.#states.length > 0) return this.#states[this.#states.length - 1]!;
    }
  }

  /** The redraws of a segment. Time has no first segment: those before 0 are drawn as any other. */
  #draw(segment: number): void {
    const from = stream(this.#seed, 'gilbert-elliott', this.#link, segment);
    this.#times = [];
    this.#states = [];
    for (let time = from.exponential(); time < redrawsPerSegment; time += from.exponential()) {
      this.#times.push(time);
      this.#states.push(from.uniform() < this.#badProbability);
    }
  }

  /** Index of the last redraw at or before `time`, -1 where there is none. */
  #lastUpTo(time: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#times[middle]! <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
