import { denseEnding, productOf } from '../../learning/model/changes.js';
import { factorsOf, tensorsOfFactors, type Factors } from '../../learning/model/lora-rank.js';
import { paramSet } from '../../learning/params/param-set.js';
import { closed } from '../../settings/form.js';
import { aggregation } from '../aggregation/aggregation.js';
import { weightedMean } from '../aggregation/weighted-mean.js';
import { byRows, stacked, stacksOf } from './stacks.js';

/**
 * FedEx-LoRA (Singhal et al. 2024): A and B are averaged, and what the product of the means lacks of the mean of the
 * products, Σ p A B − Ā B̄, is a change of the base. It travels as factors of rank r (k + 1), or whole where that is
 * smaller.
 */
export const meanAndRest = aggregation({
  name: 'mean-and-rest',
  description: 'the mean of A and of B, and what it lacks of the mean of the changes',
  options: closed({}),
  make:
    ({ stalenessExponent }) =>
    ({ updates, memory }) => {
      const weigh = byRows(stalenessExponent);
      const global = weightedMean(updates, weigh);
      const means = new Map(factorsOf(global).map((factors) => [factors.name, factors]));
      const rests = stacksOf(updates, weigh).map((products) => {
        const mean = means.get(products.name)!;
        return stacked([
          { factors: products, scale: 1 },
          { factors: mean, scale: -1 / mean.rank },
        ]);
      });
      return { global, memory, change: paramSet('change', rests.flatMap(smaller)) };
    },
});

/** A change as factors, or as it is where that is fewer numbers. */
function smaller(factors: Factors) {
  const { name, inputs, outputs, rank } = factors;
  const asFactors = tensorsOfFactors(factors);
  if (rank * (inputs + outputs) <= inputs * outputs) return asFactors;
  return [{ name: name + denseEnding, shape: [inputs, outputs], values: productOf(factors) }];
}
