import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { recordFiles } from '../records/folder.js';
import { readManifest } from '../records/read.js';
import { replay } from '../run/replay.js';
import { differenceText, equalText } from './difference-text.js';
import { displayKind, openDisplay } from './display.js';
import { executorChoice, type ExecutorOptions } from './executor-options.js';
import { exit, type ExitCode } from './exit.js';
import { watchInterrupt } from './interrupt.js';
import { line, type Terminal } from './terminal.js';

export interface ReplayCommandOptions extends ExecutorOptions {
  readonly workers?: number;
  readonly json: boolean;
}

/** `pwff replay`: makes a run again; exit code 1 at the first difference, 0 where every row came again. */
export async function replayCommand(
  folder: string,
  options: ReplayCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { out, err } = terminal;
  const { workers = availableParallelism(), json } = options;
  const executor = executorChoice(options);
  const { scenario } = await readManifest(join(folder, recordFiles.manifest));
  const display = openDisplay(displayKind({ json }, terminal), scenario, terminal);
  const interrupt = watchInterrupt(() => line(err, 'Stopping. Ctrl-C again quits at once.'));
  try {
    const replayOf = await replay(folder, {
      workers,
      ...(executor && { executor }),
      signal: interrupt.signal,
      onProgress: (progress) => display.show(progress),
      onNote: (note) => display.note(note),
    });
    const { difference, equalRows, equalEvents, whole, equalFingerprint, interrupted } = replayOf;
    display.close();
    if (!equalFingerprint) {
      line(
        err,
        'pwff: the backend is not the one of the run (its manifest has that): rows may differ in last digits',
      );
    }
    if (json) {
      const found = { equal: difference === null, equalRows, equalEvents, whole, interrupted, difference };
      line(out, JSON.stringify(found, null, 2));
    } else if (difference !== null) {
      const { recorded, replayed } = replayOf;
      line(out, differenceText(difference, [folder, 'the replay'], [recorded, replayed]));
    } else {
      const equal = whole ? 'Equal' : 'Equal as far as the records of a run that was cut short go';
      line(out, `${interrupted ? 'Stopped; equal so far' : equal}: ${equalText(equalRows, equalEvents)}`);
    }
    if (interrupted) return interrupt.exitCode();
    return difference === null ? exit.ok : exit.failed;
  } finally {
    display.close();
    interrupt.release();
  }
}
