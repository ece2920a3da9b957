import type { AggregationStrategy } from '../../strategies/aggregation/aggregation.js';
import { made } from '../../strategies/strategy.js';
import type { TaskFunction } from './task.js';

/** Steps 1.4, 2.4 and 3.4, by the strategies of a table. */
export function aggregateBy(
  strategies: Readonly<Record<string, AggregationStrategy>>,
): TaskFunction<'aggregate'> {
  return ({ hyper, params }) => {
    const aggregate = made(strategies, hyper.strategy, hyper.settings);
    const updates = Object.entries(params.updates).map(([client, set]) => ({
      client,
      params: set,
      ...hyper.updates[client]!,
    }));
    const memory = { sets: params.memory, notes: hyper.notes };
    return Promise.resolve({ output: aggregate({ global: params.global, updates, memory }), metrics: {} });
  };
}
