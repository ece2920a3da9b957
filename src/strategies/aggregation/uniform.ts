import { closed } from '../../settings/form.js';
import { aggregation } from './aggregation.js';
import { meanBy, of } from './mean.js';
import { stalenessWeight } from './staleness.js';

/** The plain mean over clients, whatever their data; a stale update counts less. */
export const uniform = aggregation({
  name: 'uniform',
  description: 'plain mean',
  bearsPartial: true,
  options: closed({ of }),
  needsBase: (options) => options.of === 'deltas',
  overTheAir: ({ of }) => ({ weighting: 'equal', of }),
  weightsSum: () => 1,
  make: ({ stalenessExponent, of }) =>
    meanBy(({ staleness }) => stalenessWeight(staleness, stalenessExponent), of),
});
