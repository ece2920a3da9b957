import { closed } from '../../settings/form.js';
import { aggregation } from './aggregation.js';
import { byKrum, distancesOf } from './krum-scores.js';
import { mustBe } from './least-updates.js';
import { of } from './mean.js';
import { byzantine } from './own-options.js';
import { vectorRule } from './whole-vectors.js';

/**
 * The one update with the lowest score: the sum of the squared distances to its n − f − 2 nearest, over all
 * tensors as one vector, where n ≥ 2f + 3 (Blanchard et al., NIPS 2017). Of equals the first by client. Rows
 * and staleness do not count.
 */
export const krum = aggregation({
  name: 'krum',
  description: 'the update that is nearest to its neighbours',
  options: closed({ byzantine, of }),
  needsBase: (options) => options.of === 'deltas',
  atLeast: ({ byzantine }) => 2 * byzantine + 3,
  make: ({ byzantine, of }) =>
    vectorRule(of, (vectors) => {
      mustBe(2 * byzantine + 3, 'krum', vectors);
      const [best] = byKrum(distancesOf(vectors), byzantine);
      return vectors[best!]!;
    }),
});
