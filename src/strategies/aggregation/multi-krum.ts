import Type from 'typebox';
import { closed, nullable } from '../../settings/form.js';
import { aggregation } from './aggregation.js';
import { meanVector } from './coordinates.js';
import { byKrum, distancesOf } from './krum-scores.js';
import { mustBe } from './least-updates.js';
import { of } from './mean.js';
import { byzantine } from './own-options.js';
import { vectorRule } from './whole-vectors.js';

interface Selecting {
  readonly byzantine: number;
  readonly keep: number | null;
}

/**
 * The plain mean of the m ≤ n − f updates with the lowest scores of Krum, all scored once, where n ≥ 2f + 3
 * (Blanchard et al., NIPS 2017). Rows and staleness do not count: a client could say any number of rows.
 */
export const multiKrum = aggregation({
  name: 'multi-krum',
  description: 'the mean of the updates that are nearest to their neighbours',
  options: closed({
    byzantine,
    keep: nullable(
      Type.Integer({ minimum: 1 }),
      'm, how many updates the mean is of; null: all but `byzantine`',
    ),
    of,
  }),
  needsBase: (options) => options.of === 'deltas',
  atLeast: (options) => leastFor(options),
  make: ({ byzantine, keep, of }) =>
    vectorRule(of, (vectors) => {
      mustBe(leastFor({ byzantine, keep }), 'multi-krum', vectors);
      const best = byKrum(distancesOf(vectors), byzantine).slice(0, keep ?? vectors.length - byzantine);
      return meanVector([...best].sort((a, b) => a - b).map((index) => vectors[index]!));
    }),
});

function leastFor({ byzantine, keep }: Selecting): number {
  return Math.max(2 * byzantine + 3, (keep ?? 0) + byzantine);
}
