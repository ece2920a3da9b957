import type { Executor } from '../src/learning/training/executor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../src/learning/training/task.js';

export interface Remembering extends Executor {
  /** The requests of a kind that came since the executor was made, the latest of each key. */
  requests<K extends TaskKind>(kind: K): readonly TaskRequest<K>[];
}

/** An executor that computes equal tasks of these kinds once: a task is a pure function of its request. */
export function remembering(executor: Executor, kinds: readonly TaskKind[]): Remembering {
  const results = new Map<string, Promise<unknown>>();
  const seen = new Map<string, TaskRequest<TaskKind>>();
  return {
    run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
      if (!kinds.includes(request.kind)) return executor.run(request);
      seen.set(request.key, request);
      const known = results.get(request.key) ?? executor.run(request);
      results.set(request.key, known);
      return known as Promise<TaskResult<K>>;
    },
    fingerprint: () => executor.fingerprint(),
    // A run closes its executor; this one serves several.
    close: () => Promise.resolve(),
    requests: <K extends TaskKind>(kind: K) =>
      [...seen.values()].filter((request): request is TaskRequest<K> => request.kind === kind),
  };
}
