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
    'of workers: redis://host:6379, rediss://… or postgres://user@host/database',
  ).env('PWFF_QUEUE');
}

export function blobsOption(): Option {
  return new Option(
    '--blobs <place>',
    'where tensors stand for workers: a folder that all machines share, or redis://… (default: the queue’s Redis)',
  ).env('PWFF_BLOBS');
}

export function verifyOption(): Option {
  return new Option(
    '--verify <share>',
    'of the tasks, from 0 to 1, that two workers compute and that are compared',
  ).argParser(share('--verify'));
}

/** The executor that was asked for, for the run to open and to close. */
export function executorFor(
  { executor, queue, blobs, verify }: ExecutorOptions,
  settings: Omit<ExecutorSettings, 'queue'>,
): Pick<RunOptions, 'executor'> {
  if (executor !== 'bullmq' && verify !== undefined) {
    throw new UserError('--verify: stands without --executor bullmq, expected workers that check each other');
  }
  if (executor === undefined) return {};
  const found =
    queue === undefined
      ? {}
      : { queue: { queue, ...(blobs !== undefined && { blobs }), verify: verify ?? 0 } };
  return { executor: () => executors[executor]({ ...settings, ...found }) };
}
