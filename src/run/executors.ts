import type { BackendChoice } from '../learning/model/backend.js';
import type { Executor } from '../learning/training/executor.js';
import { UserError } from '../errors.js';
import type { QueueExecutorSettings } from '../queue/executor.js';
import type { Manifest } from '../records/manifest.js';

/** What an executor is opened with; each takes what it needs of it. */
export interface ExecutorSettings {
  /** Tasks that this machine computes at a time. */
  readonly workers: number;
  readonly backend: BackendChoice;
  /** Of workers elsewhere. */
  readonly queue?: Omit<QueueExecutorSettings, 'say' | 'signal' | 'fleet'>;
  readonly fleet: QueueExecutorSettings['fleet'];
  /** What people should know while the run goes on. */
  readonly say: (note: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Where tasks run, by the name that `--executor` takes; the result is the same wherever that is, but for Python, whose
 * fingerprint is its own. An executor's modules are loaded when it is opened. Whoever opens one closes it.
 */
export const executors = {
  /** Threads of this process. */
  pool: async ({ workers, backend }) =>
    (await import('../learning/training/executor.js')).poolExecutor(workers, backend),
  /** Workers on any number of machines (`pwff worker`), at a queue in Redis or PostgreSQL. */
  bullmq: async ({ queue, fleet, say, signal }) => {
    if (queue === undefined) {
      throw new UserError('--executor: is "bullmq" without a queue, expected --queue redis://… as well');
    }
    return (await import('../queue/executor.js')).queueExecutor({ ...queue, fleet, say, signal });
  },
  /** Threads of this process, each with a Python process that computes base models (docs/python.md). */
  python: async ({ workers }) =>
    (await import('../learning/training/executor.js')).pythonExecutor(workers, interpreter()),
} satisfies Readonly<Record<string, (settings: ExecutorSettings) => Promise<Executor>>>;

/** The Python that has PyTorch, as tests and the benchmark find it too. */
const interpreter = () => process.env['PWFF_PYTHON'] ?? 'python3';

export type ExecutorName = keyof typeof executors;

export const executorNames = Object.keys(executors) as readonly ExecutorName[];

/** The executor for the same run again, where it was none that gives the results of this process's threads. */
export function executorOf({ backend: { name } }: Pick<Manifest, 'backend'>): 'python' | undefined {
  return name === 'python' ? name : undefined;
}
