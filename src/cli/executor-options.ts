import { Option, type Command } from 'commander';
import { UserError } from '../errors.js';
import { executorNames, type ExecutorChoice, type ExecutorName } from '../run/executors.js';
import { oneOf, share } from './option-values.js';

/** Where the tasks of runs are computed. */
export interface ExecutorOptions extends QueueOptions {
  /** Absent: what the scenario brings along, else "pool". */
  readonly executor?: ExecutorName;
  readonly verify?: number;
}

/** How runs, a worker and `pwff doctor` find a queue. */
export interface QueueOptions {
  readonly queue?: string;
  readonly blobs?: string;
}

/** Lets a command that makes runs take them. */
export function addExecutorOptions(command: Command): Command {
  return [executorOption(), queueOption(), blobsOption(), verifyOption()].reduce(
    (extended, option) => extended.addOption(option),
    command,
  );
}

function executorOption(): Option {
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

function verifyOption(): Option {
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

/** The executor that was asked for, else `usual`. UserError where options do not go together. */
export function executorChoice(
  options: ExecutorOptions,
  usual?: 'pool' | 'python',
): ExecutorChoice | undefined {
  const { executor: name = usual, verify = 0 } = options;
  if (name !== 'bullmq') {
    refuseQueue(options);
    return name && { name };
  }
  const { queue, ...blobs } = queueOf(options);
  if (queue !== undefined) return { name, queue, verify, ...blobs };
  throw new UserError('--executor: is "bullmq" without a queue, expected --queue redis://… as well');
}

/** The options again, for a script; UserError where that would show a password. */
export function executorArgs({ executor, queue, blobs, verify }: ExecutorOptions): readonly string[] {
  for (const [name, address] of Object.entries({ queue, blobs })) {
    if (!URL.canParse(address ?? '') || new URL(address!).password === '') continue;
    throw new UserError(
      `--${name}: has a password, which a script would show, expected it in PWFF_QUEUE_PASSWORD`,
    );
  }
  return Object.entries({ executor, queue, blobs, verify }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
}

/** A queue that was named and is not used would pass for one that is. */
function refuseQueue({ queue, blobs, verify }: ExecutorOptions): void {
  for (const [name, value] of Object.entries({ queue, blobs, verify })) {
    if (value === undefined) continue;
    throw new UserError(`--${name}: stands without --executor bullmq, expected it as well`);
  }
}
