import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { messageOf } from '../errors.js';
import { recordFiles } from '../records/folder.js';
import type { Summary } from '../records/summary.js';
import type { RunEvent, RunObserver } from '../records/run-event.js';
import { entryOf } from './event-entry.js';

export interface RunLogOptions {
  readonly folder: string;
  /** Whether every event gets a line; else closed rounds and tries of tasks that failed only. */
  readonly verbose: boolean;
  /** What the line "start" says. */
  readonly start: object;
  /** Hears once what keeps the log from being written. */
  readonly onError: (warning: string) => void;
}

/**
 * The log of a run beside its records, JSON lines; written at once, so that a crash loses nothing. It is the
 * run's: it begins with the run's first event, when an earlier run's log was removed.
 */
export class RunLog implements RunObserver {
  readonly name = recordFiles.log;
  readonly actors: boolean;
  readonly #options: RunLogOptions;
  #log: Logger | null = null;
  #now = 0;

  constructor(options: RunLogOptions) {
    this.#options = options;
    this.actors = options.verbose;
  }

  next(event: RunEvent): void {
    if (event.type === 'manifest') {
      this.#log = openLog(this.#options);
      this.#log.info(this.#options.start, 'start');
    }
    const isRound = event.type === 'row' && event.row.type === 'round';
    const isFailure = event.type === 'try-failed';
    if (!isRound && !isFailure && !this.#options.verbose) return;
    const { event: name, ...entry } = entryOf(event, this.#now);
    this.#now = entry.virtualSeconds;
    if (isRound) this.#log?.info(entry, 'round closed');
    else if (isFailure) this.#log?.warn(entry, 'a try of a task failed');
    else this.#log?.debug(entry, name);
  }

  end({ notes, ended, traceHash, virtualSeconds }: Summary): void {
    for (const note of notes) this.#log?.info({ note }, 'note');
    this.#log?.info({ ended, traceHash, virtualSeconds }, 'end');
  }

  failed(error: unknown): void {
    this.#log?.error({ err: error }, 'failed');
  }
}

function openLog({ folder, verbose, onError }: RunLogOptions): Logger {
  const path = join(folder, recordFiles.log);
  const file = pino.destination({ dest: path, append: false, sync: true });
  let told = false;
  file.on('error', (cause: unknown) => {
    if (!told) onError(`${path} is not complete (${messageOf(cause)})`);
    told = true;
  });
  return pino({ level: verbose ? 'debug' : 'info', base: null }, file);
}
