import { variance } from '../../../moments.js';

/**
 * How much of the returns a critic foretells: 1 − Var(R − V) / Var(R). 1: all of it; 0: no more than a
 * constant does; negative: less. NaN where the returns do not vary (as in Stable-Baselines3's
 * explained_variance).
 */
export function explainedVariance(values: ArrayLike<number>, returns: ArrayLike<number>): number {
  const errors = Float64Array.from(returns, (value, t) => value - values[t]!);
  const spread = variance(returns);
  return spread === 0 ? NaN : 1 - variance(errors) / spread;
}
