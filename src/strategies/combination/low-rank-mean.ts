import { tensorsOfFactors } from '../../learning/model/lora-rank.js';
import { paramSet } from '../../learning/params/param-set.js';
import { closed } from '../../settings/form.js';
import { aggregation } from '../aggregation/aggregation.js';
import { ofLowRank } from './low-rank.js';
import { rankOfSet } from './ranks.js';
import { byRows, stacked, stacksOf } from './stacks.js';

/**
 * FlexLoRA (Bai et al. 2024): the weighted mean of the changes B A themselves, brought back to LoRA of the greatest
 * rank by its singular values. Its first components are then the best that any lower rank can have, which is what a
 * client of that rank is sent.
 */
export const lowRankMean = aggregation({
  name: 'low-rank-mean',
  description: 'the mean of the changes of LoRA, by its largest singular values',
  options: closed({}),
  make:
    ({ stalenessExponent }) =>
    ({ global, updates, memory }) => {
      const rank = rankOfSet(global, updates);
      // Stacks are changes over alpha, LoRA of rank r is one over alpha / r.
      const means = stacksOf(updates, byRows(stalenessExponent)).map((factors) =>
        ofLowRank(stacked([{ factors, scale: rank }]), rank),
      );
      return { global: paramSet('lora', means.flatMap(tensorsOfFactors)), memory };
    },
});
