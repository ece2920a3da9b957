import { Option } from 'commander';
import { UserError } from '../errors.js';
import { executorNames, executors, type ExecutorName, type ExecutorSettings } from '../run/executors.js';
import type { RunOptions } from '../run/options.js';
import { oneOf, share } from './option-values.js';

/** Where the tasks of a run are computed. */
export interface ExecutorOptions extends QueueOptions {
  /** Absent: what the scenario brings along, else "pool". */
  readonly executor?: ExecutorName;
  readonly verify?: number;
}

/** How a run, a worker and `pwff doctor` find a queue. */
export interface QueueOptions {
  readonly queue?: string;
  readonly blobs?: string;
}

export function executorOption(): Option {
  return new Option(
    '--executor <name>',
    'where tasks run: pool, threads of this process (default); bullmq, workers at a --queue; python, with PyTorch ' +
      '(docs/python.md)',
  )
    .choices(executorNames)
    .argParser(oneOf('--executor', executorNames));
}

export function queueOption(): Option {
  return new Option(
    '--queue <url>',
    'of workers: redis://host:6379, rediss://… or postgres://user@host/database (else: PWFF_QUEUE)',
  );
}

export function blobsOption(): Option {
  return new Option(
    '--blobs <place>',
    'where tensors stand for workers: a folder that all machines share, or redis://… (else: PWFF_BLOBS, or the queue’s Redis)',
  );
}

export function verifyOption(): Option {
  return new Option(
    '--verify <share>',
    'of the tasks, from 0 to 1, that two workers compute and that are compared',
  ).argParser(share('--verify'));
}

/** What the options say, or else the environment, where a password stands in no list of processes. */
export function queueOf({ queue, blobs }: QueueOptions, env = process.env): QueueOptions {
  const [url, place] = [queue ?? env.PWFF_QUEUE, blobs ?? env.PWFF_BLOBS];
  return { ...(url && { queue: url }), ...(place && { blobs: place }) };
}

/** The executor that was asked for, for the run to open and to close. */
export function executorFor(
  options: ExecutorOptions,
  settings: Omit<ExecutorSettings, 'queue'>,
): Pick<RunOptions, 'executor'> {
  const { executor, verify = 0 } = options;
  if (executor !== 'bullmq') refuseQueue(options);
  if (executor === undefined) return {};
  const { queue, ...blobs } = queueOf(options);
  const found = queue === undefined ? {} : { queue: { queue, ...blobs, verify } };
  return { executor: () => executors[executor]({ ...settings, ...found }) };
}

/** A queue that was named and is not used would pass for one that is. */
function refuseQueue({ queue, blobs, verify }: ExecutorOptions): void {
  for (const [name, value] of Object.entries({ queue, blobs, verify })) {
    if (value === undefined) continue;
    throw new UserError(`--${name}: stands without --executor bullmq, expected it as well`);
  }
}
