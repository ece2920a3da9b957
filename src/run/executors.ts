import type { BackendChoice } from '../learning/model/backend.js';
import type { Executor } from '../learning/training/executor.js';
import type { QueueExecutorSettings } from '../queue/executor.js';
import type { QueueSettings } from '../queue/settings.js';
import type { Manifest } from '../records/manifest.js';

/** Where the tasks of a run are computed: plain data, which another process can be told. */
export type ExecutorChoice =
  /** Threads of the run's process; or those, each with a Python process that computes base models (docs/python.md). */
  | { readonly name: 'pool' | 'python' }
  /** Workers on any number of machines (`pwff worker`), at a queue in Redis or PostgreSQL (docs/queue.md). */
  | ({ readonly name: 'bullmq'; readonly verify: QueueExecutorSettings['verify'] } & QueueSettings);

export type ExecutorName = ExecutorChoice['name'];

export const executorNames = ['pool', 'bullmq', 'python'] as const satisfies readonly ExecutorName[];

/** What an executor is opened with; each takes what it needs of it. */
export interface ExecutorSettings extends Pick<QueueExecutorSettings, 'fleet' | 'anew' | 'say'> {
  /** Tasks that this machine computes at a time. */
  readonly workers: number;
  readonly backend: BackendChoice;
  readonly signal: AbortSignal;
}

/**
 * The result is the same wherever tasks run, but for Python, whose fingerprint is its own. An executor's modules are
 * loaded when it is opened. Whoever opens one closes it.
 */
export async function openExecutor(
  choice: ExecutorChoice,
  { workers, backend, ...settings }: ExecutorSettings,
): Promise<Executor> {
  switch (choice.name) {
    case 'pool':
      return (await import('../learning/training/executor.js')).poolExecutor(workers, backend);
    case 'bullmq':
      return (await import('../queue/executor.js')).queueExecutor({ ...choice, ...settings });
    case 'python':
      return (await import('../learning/training/executor.js')).pythonExecutor(workers, interpreter());
  }
}

/** The Python that has PyTorch, as tests and the benchmark find it too. */
const interpreter = () => process.env['PWFF_PYTHON'] ?? 'python3';

/** The executor for the same run again, where it was none that gives the results of this process's threads. */
export function executorOf({ backend: { name } }: Pick<Manifest, 'backend'>): 'python' | undefined {
  return name === 'python' ? name : undefined;
}
