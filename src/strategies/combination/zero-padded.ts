import { productNorm, factorsOf, tensorsOfFactors } from '../../learning/model/lora-rank.js';
import { paramSet } from '../../learning/params/param-set.js';
import { closed } from '../../settings/form.js';
import { aggregation } from '../aggregation/aggregation.js';
import { inOrder, meanOf, sumsOf } from '../aggregation/weighted-mean.js';
import { padded, rankOfSet } from './ranks.js';

/**
 * HetLoRA (Cho et al. 2024): every A and B padded with zeros to the greatest rank, then averaged by weights in
 * proportion to the Frobenius norm of the client's change, ‖B A‖. Weights are of each module by itself, for clients
 * may have different ones; where nobody has changed a module, all weigh alike.
 */
export const zeroPadded = aggregation({
  name: 'zero-padded',
  description: 'LoRA of several ranks padded with zeros, and averaged by the size of each change',
  options: closed({}),
  make:
    () =>
    ({ global, updates, memory }) => {
      const rank = rankOfSet(global, updates);
      const modules = inOrder(updates).flatMap((update) => {
        return factorsOf(padded(update.params, rank)).map((factors) => ({ update, factors }));
      });
      const names = [...new Set(modules.map(({ factors }) => factors.name))];
      const means = names.flatMap((name) => {
        const own = modules.filter(({ factors }) => factors.name === name);
        const norms = own.map(({ factors }) => productNorm(factors));
        const isUnchanged = norms.every((norm) => norm === 0);
        const weights = new Map(own.map(({ update }, k) => [update, isUnchanged ? 1 : norms[k]!]));
        const tensorsFrom = new Map(own.map(({ update, factors }) => [update, tensorsOfFactors(factors)]));
        const sums = sumsOf(
          own.map(({ update }) => update),
          (update) => weights.get(update)!,
          (update) => tensorsFrom.get(update)!,
        );
        return [...sums.values()].map((sum) => ({ ...sum.spec, values: meanOf(sum) }));
      });
      return { global: paramSet('lora', means), memory };
    },
});
