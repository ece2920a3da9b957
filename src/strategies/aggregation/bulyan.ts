import { closed } from '../../settings/form.js';
import { aggregation } from './aggregation.js';
import { meanBetween, middle, perCoordinate, type Vector } from './coordinates.js';
import { byKrum, distancesOf } from './krum-scores.js';
import { mustBe } from './least-updates.js';
import { of } from './mean.js';
import { byzantine } from './own-options.js';
import { vectorRule } from './whole-vectors.js';

/**
 * Krum picks one update after the other, each time among those that are left, until it has θ = n − 2f; then
 * for each coordinate the mean of the β = θ − 2f values nearest to the median of the θ, where n ≥ 4f + 3 (El
 * Mhamdi et al., The Hidden Vulnerability of Distributed Learning in Byzantium, ICML 2018). Rows and staleness
 * do not count.
 */
export const bulyan = aggregation({
  name: 'bulyan',
  description: 'Krum again and again, then the mean of what is nearest to the median',
  options: closed({ byzantine, of }),
  needsBase: (options) => options.of === 'deltas',
  atLeast: ({ byzantine }) => 4 * byzantine + 3,
  make: ({ byzantine, of }) =>
    vectorRule(of, (vectors) => {
      mustBe(4 * byzantine + 3, 'bulyan', vectors);
      const picked = pickedOneByOne(vectors, byzantine);
      const nearest = picked.length - 2 * byzantine;
      return perCoordinate(picked, (sorted) => meanOfNearest(sorted, middle(sorted), nearest));
    }),
});

function pickedOneByOne(vectors: readonly Vector[], byzantine: number): readonly Vector[] {
  const distances = distancesOf(vectors);
  let left: readonly number[] = vectors.map((_, index) => index);
  const picked: number[] = [];
  while (picked.length < vectors.length - 2 * byzantine) {
    const [best] = byKrum(distances, byzantine, left);
    picked.push(best!);
    left = left.filter((index) => index !== best);
  }
  return picked.sort((a, b) => a - b).map((index) => vectors[index]!);
}

/** The mean of so many of sorted values nearest to a centre: neighbours in their order; of equals the lesser. */
function meanOfNearest(sorted: Float64Array, centre: number, count: number): number {
  let from = 0;
  let to = sorted.length;
  while (to - from > count) {
    if (centre - sorted[from]! > sorted[to - 1]! - centre) from++;
    else to--;
  }
  return meanBetween(sorted, from, to);
}
