import type { AggregationStrategy } from '../../strategies/aggregation/aggregation.js';
import { withKept } from '../../strategies/aggregation/kept-tensors.js';
import { made } from '../../strategies/strategy.js';
import type { TaskFunction } from './task.js';

/** Steps 1.4, 2.4 and 3.4, by the strategies of a table. */
export function aggregateBy(
  strategies: Readonly<Record<string, AggregationStrategy>>,
): TaskFunction<'aggregate'> {
  return ({ hyper, params }) => {
    const { strategy, settings, version, clients, notes } = hyper;
    const aggregate = made(strategies, strategy, settings);
    const updates = Object.entries(params.updates).map(([client, set]) => ({
      client,
      params: set,
      base: params.bases[client] ?? null,
      ...hyper.updates[client]!,
    }));
    const memory = { sets: params.memory, notes };
    const output = aggregate({ global: params.global, updates, version, clients, memory });
    return Promise.resolve({
      output: { ...output, global: withKept(output.global, params.global) },
      metrics: {},
    });
  };
}
