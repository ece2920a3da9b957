import { factorsOf, type Factors } from '../../learning/model/lora-rank.js';
import type { Update } from '../aggregation/aggregation.js';
import { stalenessWeight } from '../aggregation/staleness.js';
import { inOrder } from '../aggregation/weighted-mean.js';

/** How much an update counts: its rows, less where it is stale. */
export type Weigh = (update: Update) => number;

export const byRows =
  (stalenessExponent: number): Weigh =>
  ({ rows, staleness }) =>
    rows * stalenessWeight(staleness, stalenessExponent);

/**
 * Of each module that somebody has changed the weighted mean of the changes, Σ p_k A_k B_k / r_k, as the factors
 * [p_k / r_k A_k] (in, Σ r_k) and [B_k] (Σ r_k, out): alpha times their product is exactly the mean. The shares p_k
 * are of those who have the module, and sum to 1.
 *
 * @throws RangeError where those have no weight.
 */
export function stacksOf(updates: readonly Update[], weigh: Weigh): readonly Factors[] {
  const held = inOrder(updates).flatMap((update) =>
    factorsOf(update.params).map((factors) => ({ factors, weight: weigh(update) })),
  );
  const names = [...new Set(held.map(({ factors }) => factors.name))];
  return names.map((name) => {
    const own = held.filter(({ factors }) => factors.name === name);
    const total = own.reduce((sum, { weight }) => sum + weight, 0);
    if (!(total > 0)) throw new RangeError(`the updates of ${name} have no weight`);
    return stacked(own.map(({ factors, weight }) => ({ factors, scale: weight / total / factors.rank })));
  });
}

/** Σ scale · A · B of modules in one place as one module, side by side and one below the other. */
export function stacked(parts: readonly { readonly factors: Factors; readonly scale: number }[]): Factors {
  const { name, inputs, outputs } = parts[0]!.factors;
  const rank = parts.reduce((sum, { factors }) => sum + factors.rank, 0);
  const [a, b] = [new Float64Array(inputs * rank), new Float64Array(rank * outputs)];
  let from = 0;
  for (const { factors, scale } of parts) {
    for (let i = 0; i < inputs; i++) {
      for (let k = 0; k < factors.rank; k++)
        a[i * rank + from + k] = scale * factors.a[i * factors.rank + k]!;
    }
    b.set(factors.b, from * outputs);
    from += factors.rank;
  }
  return { name, inputs, outputs, rank, a, b };
}
