import type { AggregationStrategy } from '../aggregation/aggregation.js';
import type { Method } from '../methods/method.js';
import { named, optionsOf } from '../strategy.js';
import { controlVariates } from './control-variates.js';
import { dynamic } from './dynamic.js';
import { lowRankMean } from './low-rank-mean.js';
import { meanAndRest } from './mean-and-rest.js';
import { stack } from './stack.js';
import { zeroPadded } from './zero-padded.js';

/** How a method's slot is put together in place of the scenario's aggregation, by the name that `combine` gives. */
export const combinations = {
  'control-variates': controlVariates,
  dynamic,
  'zero-padded': zeroPadded,
  'low-rank-mean': lowRankMean,
  stack,
  'mean-and-rest': meanAndRest,
} as const satisfies Readonly<Record<string, AggregationStrategy>>;

/** Whether a combination of a method reads what updates were made from. */
export function combinesBases({ slots }: Pick<Method, 'slots'>): boolean {
  return slots.some(({ combine }) => {
    if (combine === undefined) return false;
    const strategy: AggregationStrategy = named(combinations, combine);
    return strategy.needsBase?.(optionsOf(strategy, combine)) ?? false;
  });
}
