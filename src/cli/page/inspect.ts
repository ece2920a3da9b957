import { UserError } from '../../errors.js';
import { openRecordedRun } from '../../inspect/run-view.js';
import { exit, type ExitCode } from '../exit.js';
import { watchInterrupt } from '../interrupt.js';
import { line, type Terminal } from '../terminal.js';
import { servePage } from './serve.js';

export interface InspectCommandOptions {
  readonly port: number;
}

/** `pwff inspect`: the page of a run that has been recorded, or of two beside each other, until Ctrl-C. */
export async function inspectCommand(
  folders: readonly string[],
  { port }: InspectCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (folders.length > 2) {
    throw new UserError(`inspect: ${folders.length} folders are named, expected one, or two to be compared`);
  }
  const opened = [];
  for (const folder of folders) opened.push(await openRecordedRun(folder));
  const page = await servePage({ views: opened.map(({ view }) => view), port });
  const stopped = new Promise<void>((resolve) => {
    const interrupt = watchInterrupt(() => {
      interrupt.release();
      resolve();
    });
  });
  line(terminal.out, `Page: ${page.address}`);
  line(
    terminal.out,
    'It is there until Ctrl-C, for this machine alone; whoever has the address sees the run.',
  );
  try {
    await Promise.race([stopped, Promise.all(opened.map(({ indexing }) => indexing)).then(() => stopped)]);
  } finally {
    await page.close();
  }
  return exit.ok;
}
