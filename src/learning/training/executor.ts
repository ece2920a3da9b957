import { Piscina } from 'piscina';
import { messageOf, UserError } from '../../errors.js';
import type { Fingerprint } from '../model/backend.js';
import { prepareNative } from '../model/native.js';
import { endedWords, memoryWords } from '../model/python/process.js';
import type { TaskKind, TaskRequest, TaskResult } from './task.js';
import { TryFailed, type FailureCause } from './task-failure.js';
import type { Refusal, WorkerData } from './worker.js';

/** Runs tasks somewhere; the result is the same wherever that is. */
export interface Executor {
  /** An executor may leave `attempt` alone: its tasks then have no time limit. */
  run<K extends TaskKind>(request: TaskRequest<K>, attempt?: Attempt): Promise<TaskResult<K>>;
  /** The backend that the tasks run on. UserError where it is not to be had. */
  fingerprint(): Promise<Fingerprint>;
  close(): Promise<void>;
}

/** One try of a task, for who runs it and who waits for it. */
export interface Attempt {
  /** Aborted where the task has taken too long: whatever works on it is to be ended. */
  readonly signal: AbortSignal;
  /** To be called when the task no longer waits for its turn: its time runs from there. */
  begun(): void;
}

/**
 * A Piscina pool of worker threads, each with a TensorFlow.js backend of its own and one task at a time. Where
 * the backend may be native it sets TensorFlow's threads for the whole process (docs/native.md has why).
 */
export function poolExecutor(workers: number, backend: WorkerData['backend']): Executor {
  if (backend !== 'wasm') prepareNative();
  return threads(workers, { backend });
}

/**
 * The same, with a Python process beside each thread that computes base models with PyTorch (docs/python.md):
 * `python` is its interpreter. What is no base model, heads, losses, optimizers and aggregation, stays with the
 * WebAssembly backend.
 */
export function pythonExecutor(workers: number, python: string): Executor {
  return threads(workers, { backend: 'wasm', python });
}

function threads(workers: number, workerData: WorkerData): Executor {
  const filename = new URL('./worker.js', import.meta.url).href;
  return executorOn(workers, (options) => new Piscina({ ...options, filename, workerData }));
}

type Pool = Piscina<unknown, unknown>;

/** The options of a pool of so many threads, each at one task at a time. */
const optionsFor = (workers: number) => ({
  minThreads: workers,
  maxThreads: workers,
  concurrentTasksPerWorker: 1,
  atomics: 'disabled' as const,
});

/**
 * Each task is tried once; a thread that dies or is ended under it is replaced. When none is left, whatever waits
 * for one is rejected, and the next task finds a new pool.
 */
export function executorOn(
  workers: number,
  open: (options: ReturnType<typeof optionsFor>) => Pool,
): Executor {
  const workforce = new Workforce(workers, () => open(optionsFor(workers)));
  return {
    run: <K extends TaskKind>(request: TaskRequest<K>, attempt?: Attempt) =>
      workforce.run(request, attempt) as Promise<TaskResult<K>>,
    fingerprint: async () => {
      const answer = (await workforce.run(null, undefined, 'fingerprint')) as Fingerprint | Refusal;
      if ('refused' in answer) throw new UserError(answer.refused);
      return answer;
    },
    close: () => workforce.close(),
  };
}

/** A pool whose tasks always settle: Piscina's wait for ever once no worker can be started. */
class Workforce {
  readonly #open: () => Pool;
  readonly #handedOver = new Set<(cause: Error) => void>();
  /** Tasks that wait for a thread, which they are called to in turn. */
  readonly #queue: (() => void)[] = [];
  #pool: Pool;
  #free: number;
  #lastDeath: unknown = null;
  #closing = false;

  constructor(workers: number, open: () => Pool) {
    this.#free = workers;
    this.#open = open;
    this.#pool = this.#opened();
  }

  /** A thread's task at a time is handed to the pool: none waits there while its time runs. */
  async run(request: unknown, attempt?: Attempt, name?: string): Promise<unknown> {
    if (this.#free === 0) await new Promise<void>((turn) => this.#queue.push(turn));
    else this.#free--;
    try {
      attempt?.begun();
      return await this.#handOver(request, {
        ...(attempt && { signal: attempt.signal }),
        ...(name !== undefined && { name }),
      });
    } catch (error) {
      throw deathOf(error) ?? error;
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#free++;
    }
  }

  close(): Promise<void> {
    this.#closing = true;
    return this.#pool.destroy();
  }

  #handOver(
    request: unknown,
    options: { readonly signal?: AbortSignal; readonly name?: string },
  ): Promise<unknown> {
    if (this.#closing) return Promise.reject(new TryFailed('abort', 'the executor is closed'));
    if (this.#isDeserted()) this.#pool = this.#opened();
    return new Promise<unknown>((resolve, reject) => {
      this.#handedOver.add(reject);
      this.#pool
        .run(request, options)
        .then(resolve, reject)
        .finally(() => this.#handedOver.delete(reject));
    });
  }

  #opened(): Pool {
    const pool = this.#open();
    // A worker died without a task; without a listener this would end the process.
    pool.on('error', (cause: unknown) => (this.#lastDeath = cause));
    // The pool starts its replacement, if ever, at once.
    pool.on('workerDestroy', () =>
      setImmediate(() => {
        if (pool === this.#pool && this.#isDeserted()) this.#rejectAll();
      }),
    );
    return pool;
  }

  #isDeserted(): boolean {
    return !this.#closing && this.#pool.threads.length === 0;
  }

  #rejectAll(): void {
    const why = this.#lastDeath === null ? '' : ` (${messageOf(this.#lastDeath)})`;
    const cause = new TryFailed('exit', `every worker thread has ended${why}`);
    for (const reject of this.#handedOver) reject(cause);
    this.#handedOver.clear();
  }
}

/** Beginnings of messages; an error's class does not survive the way between threads. */
const words: Readonly<Record<string, FailureCause>> = {
  'worker exited with code': 'exit',
  [endedWords]: 'exit',
  [memoryWords]: 'memory',
};

/** What ended the thread, or its Python process, under a task; null where the task itself threw. */
function deathOf(error: unknown): TryFailed | null {
  if (!(error instanceof Error)) return null;
  const { message } = error;
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new TryFailed('memory', message);
  }
  const how = Object.entries(words).find(([words]) => message.startsWith(words))?.[1];
  return how === undefined ? null : new TryFailed(how, message);
}
