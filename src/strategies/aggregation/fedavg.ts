import type { Aggregation } from './index.js';
import { stalenessWeight } from './staleness.js';
import { weightedMean } from './weighted-mean.js';

/**
 * McMahan et al., AISTATS 2017: the mean weighted by training rows, and by staleness where late updates are
 * taken.
 */
export const fedavg: Aggregation = (updates, { stalenessExponent }) =>
  weightedMean(updates, ({ rows, staleness }) => rows * stalenessWeight(staleness, stalenessExponent));
