import { aggregateBy } from '../learning/training/aggregate.js';
import type { Executor } from '../learning/training/executor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../learning/training/task.js';
import type { AggregationStrategy } from '../strategies/aggregation/aggregation.js';
import { nameOf } from '../strategies/strategy.js';

/**
 * An executor that runs a user's own aggregations itself, in this thread: a function cannot be sent to a
 * worker.
 */
export function withAggregations(executor: Executor, own: readonly AggregationStrategy[]): Executor {
  const table = Object.fromEntries(own.map((each) => [each.name, each]));
  const aggregate = aggregateBy(table);
  const isOwn = (request: TaskRequest): request is TaskRequest<'aggregate'> =>
    request.kind === 'aggregate' && nameOf((request as TaskRequest<'aggregate'>).hyper.strategy) in table;
  return {
    async run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
      return isOwn(request) ? ((await aggregate(request)) as TaskResult<K>) : executor.run(request);
    },
    fingerprint: () => executor.fingerprint(),
    close: () => executor.close(),
  };
}
