import { Piscina } from 'piscina';
import type { Fingerprint } from '../model/backend.js';
import type { TaskKind, TaskRequest, TaskResult } from './task.js';
import type { WorkerData } from './worker.js';

/** Runs tasks somewhere; the result is the same wherever that is. */
export interface Executor {
  run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>>;
  /** The backend that the tasks run on. */
  fingerprint(): Promise<Fingerprint>;
  close(): Promise<void>;
}

/**
 * A Piscina pool of worker threads, each with a TensorFlow.js backend of its own and one task at a time.
 * Tasks are pure, so one that a dying worker took with it is run once more before its failure counts.
 */
export function poolExecutor(workers: number, backend: WorkerData['backend']): Executor {
  const pool = new Piscina<unknown, unknown>({
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 1,
    atomics: 'disabled',
    workerData: { backend } satisfies WorkerData,
  });
  return {
    run: async <K extends TaskKind>(request: TaskRequest<K>) => {
      const attempt = () => pool.run(request) as Promise<TaskResult<K>>;
      return attempt().catch((error: unknown) => {
        if (!isWorkerDeath(error)) throw error;
        return attempt();
      });
    },
    fingerprint: () => pool.run(null, { name: 'fingerprint' }) as Promise<Fingerprint>,
    close: () => pool.destroy(),
  };
}

/** True where the thread ended under the task, as opposed to the task having thrown. */
function isWorkerDeath(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return (
    code === 'ERR_WORKER_OUT_OF_MEMORY' || (error instanceof Error && /worker.*exit/i.test(error.message))
  );
}
