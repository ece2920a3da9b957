import type { AggregationStrategy } from './aggregation.js';
import { stalenessWeight } from './staleness.js';
import { meanBy } from './weighted-mean.js';

/** The plain mean over clients, whatever their data; a stale update counts less. */
export const uniform: AggregationStrategy = {
  name: 'uniform',
  description: 'plain mean',
  make: ({ stalenessExponent }) => meanBy(({ staleness }) => stalenessWeight(staleness, stalenessExponent)),
};
