import { ratioOrNull, variance } from '../../../moments.js';
import { derived, type Figure } from '../figure.js';

/**
 * How much of the returns a critic foretells: 1 − Var(R − V) / Var(R). 1: all of it; 0: no more than a
 * constant does; negative: less. Null where the returns do not vary, or are none.
 */
export function explainedVariance(values: ArrayLike<number>, returns: ArrayLike<number>): Figure {
  const errors = Float64Array.from(returns, (value, t) => value - values[t]!);
  if (returns.length === 0) return null;
  return derived([ratioOrNull(variance(errors), variance(returns))], (unexplained) => 1 - unexplained);
}
