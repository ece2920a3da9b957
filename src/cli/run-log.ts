import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { recordFiles } from '../records/folder.js';
import type { RunEvent, RunObserver } from '../records/run-event.js';
import { entryOf } from './event-entry.js';

/** The log of a run beside its records, JSON lines; written at once, so that a crash loses nothing. */
export function openLog(folder: string, verbose: boolean): Logger {
  const file = pino.destination({ dest: join(folder, recordFiles.log), append: false, sync: true });
  return pino({ level: verbose ? 'debug' : 'info', base: null }, file);
}

/** Writes the closed rounds to a log, and where the log takes them, all other events too. */
export function logObserver(log: Pick<Logger, 'info' | 'debug' | 'isLevelEnabled'>): RunObserver {
  const takesAll = log.isLevelEnabled('debug');
  let now = 0;
  return {
    name: 'run.log',
    actors: takesAll,
    next: (event) => {
      const isRound = closesRound(event);
      if (!isRound && !takesAll) return;
      const { event: name, ...entry } = entryOf(event, now);
      now = entry.virtualSeconds;
      if (isRound) log.info(entry, 'round closed');
      else log.debug(entry, name);
    },
  };
}

function closesRound(event: RunEvent): boolean {
  return event.type === 'row' && event.row.type === 'round';
}
