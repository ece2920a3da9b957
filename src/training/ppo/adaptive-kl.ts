/** How far one observation may move the coefficient, relative (Ziegler et al. 2019, section 2.2). */
const errorLimit = 0.2;

export interface AdaptiveKl {
  readonly coefficient: number;
  /** Divergence that is aimed at, nats a response. */
  readonly target: number;
  /** Responses over which a full error would change the coefficient by a fifth. */
  readonly horizon: number;
}

/**
 * The next KL coefficient after `batch` responses whose mean divergence was `observed` (Ziegler et al. 2019,
 * section 2.2): grows by the proportional error, clipped to ±0.2, times batch / horizon.
 */
export function nextKlCoefficient(state: AdaptiveKl, observed: number, batch: number): number {
  const error = Math.min(Math.max(observed / state.target - 1, -errorLimit), errorLimit);
  return state.coefficient * (1 + (error * batch) / state.horizon);
}
