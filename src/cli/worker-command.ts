import { Option, type Command } from 'commander';
import { availableParallelism } from 'node:os';
import type { BackendChoice } from '../learning/model/backend.js';
import { blobsOption, queueOf, queueOption, type QueueOptions } from './executor-options.js';
import { exit, type ExitCode } from './exit.js';
import { watchInterrupt } from './interrupt.js';
import { listOf, wholeNumber } from './option-values.js';
import { backendOption } from './scenario-options.js';
import { line, type Terminal } from './terminal.js';
import { UserError } from '../errors.js';

interface WorkerCommandOptions extends QueueOptions {
  readonly concurrency: number;
  readonly backend: BackendChoice;
  readonly silence: number;
  readonly models: readonly string[];
}

/** `pwff worker`: computes tasks of runs elsewhere, until it is stopped. */
export function addWorkerCommand(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('worker')
    .description('compute tasks of runs on other machines, from a queue, until it is stopped')
    .addOption(queueOption())
    .addOption(blobsOption())
    .option(
      '--concurrency <n>',
      'tasks at a time, each in a thread (default: as many as cores)',
      wholeNumber('--concurrency', 1),
      availableParallelism(),
    )
    .addOption(backendOption('of TensorFlow.js').default('auto'))
    .option(
      '--silence <seconds>',
      'after which its tasks go to other workers, where it has died',
      wholeNumber('--silence', 1),
      15,
    )
    .addOption(
      new Option('--models <folder>', 'of a model whose tokenizer runs read with (DistilBERT); repeatable')
        .argParser(listOf((folder) => folder))
        .default([], 'none'),
    )
    .action(async (options: WorkerCommandOptions) => end(await workerCommand(options, terminal)));
}

async function workerCommand(options: WorkerCommandOptions, { err }: Terminal): Promise<ExitCode> {
  const { concurrency, backend, silence, models } = options;
  const { queue, ...blobs } = queueOf(options);
  if (queue === undefined) {
    throw new UserError(
      'pwff worker: has no --queue, expected redis://host:6379 or postgres://user@host/database',
    );
  }
  const say = (note: string) => line(err, `pwff worker: ${note}`);
  const { startWorker } = await import('../queue/worker.js');
  const worker = await startWorker({
    ...{ queue, concurrency, backend, models, say },
    ...blobs,
    silenceSeconds: silence,
  });
  say(
    `${worker.name} computes ${concurrency} ${concurrency === 1 ? 'task' : 'tasks'} at a time. Ctrl-C ends it.`,
  );
  const interrupt = watchInterrupt(() => say('finishes what it has begun. Ctrl-C again quits at once.'));
  await new Promise<void>((resolve) => interrupt.signal.addEventListener('abort', () => resolve()));
  await worker.close();
  interrupt.release();
  return exit.ok;
}
