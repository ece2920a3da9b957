import type { Aggregation } from './index.js';
import { stalenessWeight } from './staleness.js';
import { weightedMean } from './weighted-mean.js';

/** The plain mean over clients, whatever their data; a stale update counts less. */
export const uniform: Aggregation = (updates, { stalenessExponent }) =>
  weightedMean(updates, ({ staleness }) => stalenessWeight(staleness, stalenessExponent));
