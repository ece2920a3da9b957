import type { AggregationStrategy } from './aggregation.js';
import { stalenessWeight } from './staleness.js';
import { meanBy } from './weighted-mean.js';

/** McMahan et al., AISTATS 2017; a stale update counts less. */
export const fedavg: AggregationStrategy = {
  name: 'fedavg',
  description: 'mean weighted by training rows',
  make: ({ stalenessExponent }) =>
    meanBy(({ rows, staleness }) => rows * stalenessWeight(staleness, stalenessExponent)),
};
