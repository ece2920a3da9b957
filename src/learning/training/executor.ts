import { Piscina } from 'piscina';
import { messageOf, UserError } from '../../errors.js';
import type { Fingerprint } from '../model/backend.js';
import { prepareNative } from '../model/native.js';
import type { TaskKind, TaskRequest, TaskResult } from './task.js';
import type { Refusal, WorkerData } from './worker.js';

/** Runs tasks somewhere; the result is the same wherever that is. */
export interface Executor {
  run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>>;
  /** The backend that the tasks run on. UserError where it is not to be had. */
  fingerprint(): Promise<Fingerprint>;
  close(): Promise<void>;
}

/**
 * A Piscina pool of worker threads, each with a TensorFlow.js backend of its own and one task at a time. Where
 * the backend may be native it sets TensorFlow's threads for the whole process (docs/native.md has why).
 */
export function poolExecutor(workers: number, backend: WorkerData['backend']): Executor {
  if (backend !== 'wasm') prepareNative();
  return executorOn(
    new Piscina<unknown, unknown>({
      filename: new URL('./worker.js', import.meta.url).href,
      minThreads: workers,
      maxThreads: workers,
      concurrentTasksPerWorker: 1,
      atomics: 'disabled',
      workerData: { backend } satisfies WorkerData,
    }),
  );
}

/**
 * Tasks are pure, so one that a dying worker took with it is run once more before its failure counts. A worker
 * that dies between tasks is replaced; when none is left, whatever waits for one is rejected.
 */
export function executorOn(pool: Piscina<unknown, unknown>): Executor {
  const workers = new Workforce(pool);
  return {
    run: async <K extends TaskKind>(request: TaskRequest<K>) => {
      const attempt = () => workers.run(request) as Promise<TaskResult<K>>;
      return attempt().catch((error: unknown) => {
        if (!isWorkerDeath(error)) throw error;
        return attempt();
      });
    },
    fingerprint: async () => {
      const answer = (await workers.run(null, 'fingerprint')) as Fingerprint | Refusal;
      if ('refused' in answer) throw new UserError(answer.refused);
      return answer;
    },
    close: () => workers.close(),
  };
}

/** A pool whose tasks always settle: Piscina's wait for ever once no worker can be started. */
class Workforce {
  readonly #pool: Piscina<unknown, unknown>;
  readonly #waiting = new Set<(cause: Error) => void>();
  #lastDeath: unknown = null;
  #closing = false;

  constructor(pool: Piscina<unknown, unknown>) {
    this.#pool = pool;
    // A worker died without a task; without a listener this would end the process.
    pool.on('error', (cause: unknown) => (this.#lastDeath = cause));
    // The pool starts its replacement, if ever, at once.
    pool.on('workerDestroy', () => setImmediate(() => this.#rejectIfDeserted()));
  }

  run(request: unknown, name?: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      this.#pool
        .run(request, name === undefined ? {} : { name })
        .then(resolve, reject)
        .finally(() => this.#waiting.delete(reject));
      this.#rejectIfDeserted();
    });
  }

  close(): Promise<void> {
    this.#closing = true;
    return this.#pool.destroy();
  }

  #rejectIfDeserted(): void {
    if (this.#closing || this.#pool.threads.length > 0) return;
    const why = this.#lastDeath === null ? '' : ` (${messageOf(this.#lastDeath)})`;
    const cause = new Error(`every worker thread has ended${why}`, { cause: this.#lastDeath });
    for (const reject of this.#waiting) reject(cause);
    this.#waiting.clear();
  }
}

/**
 * True where the thread ended under the task, as opposed to the task having thrown. Piscina tells by its
 * words.
 */
function isWorkerDeath(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const outOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return outOfMemory || error.message.startsWith('worker exited with code');
}
