/** How far one observation may move the coefficient, relative (Ziegler et al. 2019, section 2.2). */
const errorLimit = 0.2;

export interface AdaptiveKl {
  readonly coefficient: number;
  /** Divergence that is aimed at, nats per response; above 0. */
  readonly target: number;
  /** Responses over which a full error would change the coefficient by a fifth; above 0. */
  readonly horizon: number;
}

/**
 * The next KL coefficient after `batch` responses whose mean divergence was `observed` nats (Ziegler et al.
 * 2019, section 2.2; TRL's AdaptiveKLController): grows by the proportional error, clipped to ±0.2, times
 * batch / horizon. A batch longer than the horizon counts as one horizon, so that one update never moves the
 * coefficient by more than a fifth and never makes it negative. A coefficient of 0 stays 0.
 */
export function nextKlCoefficient(state: AdaptiveKl, observed: number, batch: number): number {
  const error = Math.min(Math.max(observed / state.target - 1, -errorLimit), errorLimit);
  return state.coefficient * (1 + (error * Math.min(batch, state.horizon)) / state.horizon);
}
