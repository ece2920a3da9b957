import type { Stream } from '../../../simulation/random/stream.js';
import type { Strategy } from '../../../strategies/strategy.js';
import type { Choice } from '../../../settings/choice.js';

/**
 * The law of the power gain |h|^2 of a coherence block; mean 1 (an empirical law: whatever its samples have).
 */
export interface GainLaw {
  /** One gain. How many values it takes from the stream depends on the law and on the draw. */
  draw(from: Stream): number;
  /** P(G <= gain); precise where it is small. */
  cdf(gain: number): number;
  /**
   * E[f(G); G >= above], `above` 0 unless given, by quadrature: absolute error about 1e-9 of the scale of f.
   * f may jump, or bend, at `breaks` only.
   */
  mean(f: (gain: number) => number, options?: MeanOptions): number;
  /**
   * The gain of this law at the quantile that `gain` has under Rayleigh fading (a unit exponential):
   * increasing.
   */
  ofRayleigh(gain: number): number;
  /** The law of the sum of so many independent gains, an integer from 1; absent where none is known. */
  readonly sum?: (gains: number) => GainLaw;
}

export interface MeanOptions {
  readonly above?: number;
  readonly breaks?: readonly number[];
  /** Of the quadrature, relative; 1e-12 unless given, too fine where f itself is an integral. */
  readonly tolerance?: number;
}

/** The parameters of those laws that have one, as a scenario's `channel` gives them. */
export interface FadingParameters {
  readonly ricianK: number;
  readonly nakagamiM: number;
}

/** The law that a scenario names, or "trace". */
export interface Fading extends FadingParameters {
  readonly fading: Choice;
}

export type FadingStrategy = Strategy<GainLaw, FadingParameters>;
