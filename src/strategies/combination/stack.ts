import { tensorsOfFactors } from '../../learning/model/lora-rank.js';
import { paramSet } from '../../learning/params/param-set.js';
import { closed } from '../../settings/form.js';
import { aggregation } from '../aggregation/aggregation.js';
import { byRows, stacksOf } from './stacks.js';

/**
 * FLoRA (Wang et al. 2024): the clients' modules side by side, A's with their weights, whose product is exactly the
 * weighted mean of the changes. What comes of it is a change of the base, W + alpha · A · B, not LoRA.
 */
export const stack = aggregation({
  name: 'stack',
  description: 'LoRA of several ranks stacked, whose product is the mean of the changes',
  options: closed({}),
  make:
    ({ stalenessExponent }) =>
    ({ updates, memory }) => {
      const stacks = stacksOf(updates, byRows(stalenessExponent));
      return { global: paramSet('change', stacks.flatMap(tensorsOfFactors)), memory };
    },
});
