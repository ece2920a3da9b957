import { sum } from '../../moments.js';
import { closed } from '../../settings/form.js';
import { aggregation } from './aggregation.js';
import { plus, stepped } from './deltas.js';
import { rate } from './own-options.js';
import { stalenessWeight } from './staleness.js';

/**
 * w ← w + η (1/K) Σ (1 + τ_i)^-a Δ_i over the K updates of the buffer, each Δ_i against the version that the
 * client started from (Nguyen et al., Federated Learning with Buffered Asynchronous Aggregation, AISTATS 2022;
 * a is 1/2 there). The sum is divided by how many they are, not by their weights; rows do not count. How many
 * updates make a buffer, the discipline and the quorum say.
 */
export const fedbuff = aggregation({
  name: 'fedbuff',
  description: 'the sum of a buffer’s changes, stale ones less, divided by their number',
  needsUpdatesOnly: true,
  bearsPartial: true,
  options: closed({ rate: rate(1) }),
  needsBase: () => true,
  weightsSum: ({ rate, stalenessExponent }, { updates }) =>
    (rate * sum(updates.map(({ staleness }) => stalenessWeight(staleness, stalenessExponent)))) /
    updates.length,
  make:
    ({ rate, stalenessExponent }) =>
    (given) => ({
      global: stepped(
        given,
        ({ staleness }) => stalenessWeight(staleness, stalenessExponent),
        ({ values: changes, count }, { values }) =>
          plus(
            values,
            changes.map((each) => each / count),
            rate,
          ),
      ),
      memory: given.memory,
    }),
});
