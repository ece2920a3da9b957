import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { messageOf } from '../errors.js';
import { recordFiles } from '../records/folder.js';

/**
 * The log of a run beside its records, JSON lines; written at once, so that a crash loses nothing. `onError`
 * hears once what keeps it from being written.
 */
export function openLog(folder: string, verbose: boolean, onError: (warning: string) => void): Logger {
  const path = join(folder, recordFiles.log);
  const file = pino.destination({ dest: path, append: false, sync: true });
  file.once('error', (cause: unknown) => {
    onError(`${path} is not complete (${messageOf(cause)})`);
    file.on('error', () => {});
  });
  return pino({ level: verbose ? 'debug' : 'info', base: null }, file);
}
