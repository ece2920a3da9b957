import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { recordFiles } from '../records/folder.js';

/** The log of a run beside its records, JSON lines; written at once, so that a crash loses nothing. */
export function openLog(folder: string, verbose: boolean): Logger {
  const file = pino.destination({ dest: join(folder, recordFiles.log), append: false, sync: true });
  return pino({ level: verbose ? 'debug' : 'info', base: null }, file);
}
