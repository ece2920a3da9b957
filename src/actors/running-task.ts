import type { Stage } from '../../machines/protocol.js';
import { messageOf } from '../errors.js';
import { taskRequest } from '../learning/training/request.js';
import type { TaskKind, TaskRequest, TaskResult } from '../learning/training/task.js';
import { lazily } from '../lazily.js';
import { requireFinite } from './finite-result.js';
import type { World } from './world.js';

/** A task on its way: what to run, for whom, in how many virtual seconds, and for how many joules. */
export interface Job<K extends TaskKind> {
  readonly actor: string;
  readonly stage: Stage;
  readonly round: number;
  readonly seconds: number;
  /** Spent by its device evenly over `seconds`. */
  readonly joules: number;
  readonly request: Omit<TaskRequest<K>, 'key' | 'model'>;
}

/**
 * Hands a task to the executor now and delivers its result when so many seconds have passed (decision D2). Here
 * every result enters the simulation: one with a number that is not finite fails, as a task that threw. One that
 * is dropped first delivers nothing, and the clock does not wait for it.
 */
export function runTask<K extends TaskKind>(
  { clock, events, executor, scenario, shape, nextTask }: World,
  { actor, stage, round, seconds, joules, ...job }: Job<K>,
  dropped: readonly AbortSignal[] = [],
): Promise<TaskResult<K>> {
  const request = taskRequest<K>({ ...job.request, model: shape });
  const { kind: task } = request;
  const number = nextTask();
  const event = <const More extends object>(more: More) => {
    const told = { ...more, actor, stage, round, task, number, virtualSeconds: clock.nowSeconds };
    return lazily(told, { key: () => request.key });
  };
  events.tell(event({ type: 'task-started', seconds, joules }));
  const work = executor.run<K>(request).then((result) => {
    requireFinite(scenario, { stage, round, kind: task }, result);
    return result;
  });
  return new Promise((resolve, reject) => {
    const cancel = clock.settleAfter(seconds, work, (outcome) => {
      const error = 'error' in outcome ? messageOf(outcome.error) : null;
      for (const signal of dropped) signal.removeEventListener('abort', drop);
      events.tell(event({ type: 'task-finished', error }));
      if ('value' in outcome) resolve(outcome.value);
      else
        reject(
          new Error(`${actor}: task ${task} failed in ${stage} round ${round}`, { cause: outcome.error }),
        );
    });
    const drop = () => {
      cancel();
      for (const signal of dropped) signal.removeEventListener('abort', drop);
      events.tell(event({ type: 'task-dropped' }));
    };
    for (const signal of dropped) signal.addEventListener('abort', drop);
  });
}
