import { closed } from '../../settings/form.js';
import { aggregation } from './aggregation.js';
import { meanBy, of } from './mean.js';
import { stalenessWeight } from './staleness.js';

/** w ← Σ n_i w_i / Σ n_i (McMahan et al., AISTATS 2017); a stale update counts less. */
export const fedavg = aggregation({
  name: 'fedavg',
  description: 'mean weighted by training rows',
  bearsPartial: true,
  options: closed({ of }),
  needsBase: (options) => options.of === 'deltas',
  overTheAir: ({ of }) => ({ weighting: 'rows', of }),
  weightsSum: () => 1,
  make: ({ stalenessExponent, of }) =>
    meanBy(({ rows, staleness }) => rows * stalenessWeight(staleness, stalenessExponent), of),
});
