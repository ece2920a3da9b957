import { stream } from '../../simulation/random/stream.js';
import type { AggregationStrategy, Update } from '../../strategies/aggregation/aggregation.js';
import { withKept } from '../../strategies/aggregation/kept-tensors.js';
import { airError, receivedMean } from '../../strategies/over-the-air/received-mean.js';
import type { OnTheAir } from '../../strategies/over-the-air/reception.js';
import { made } from '../../strategies/strategy.js';
import type { TaskFunction, TaskRequest } from './task.js';

/** Steps 1.4, 2.4 and 3.4, by the strategies of a table. */
export function aggregateBy(
  strategies: Readonly<Record<string, AggregationStrategy>>,
): TaskFunction<'aggregate'> {
  return ({ hyper, params, seed }) => {
    const { strategy, settings, version, clients, notes, air } = hyper;
    const aggregate = made(strategies, strategy, settings);
    const { global } = params;
    const sent = updatesOf({ hyper, params });
    const onTheAir = air && { global, updates: sent, reception: air };
    const updates = onTheAir ? [heard(onTheAir, seed)] : sent;
    const memory = { sets: params.memory, notes };
    const output = aggregate({ global, updates, version, clients, memory });
    return Promise.resolve({
      output: { ...output, global: withKept(output.global, global) },
      metrics: onTheAir ? airError(onTheAir) : {},
    });
  };
}

function updatesOf({ hyper, params }: Pick<TaskRequest<'aggregate'>, 'hyper' | 'params'>): readonly Update[] {
  return Object.entries(params.updates).map(([client, set]) => ({
    client,
    params: set,
    base: params.bases[client] ?? null,
    ...hyper.updates[client]!,
  }));
}

/** All updates as the one that the server hears, of the version that it has. */
function heard(given: OnTheAir, seed: string): Update {
  const { global, updates } = given;
  return {
    ...updates[0]!,
    client: 'all',
    params: receivedMean(given, stream(seed, 'air')),
    base: global,
    rows: updates.reduce((sum, { rows }) => sum + rows, 0),
  };
}
