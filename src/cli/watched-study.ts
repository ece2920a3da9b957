import type { LoadedStudy } from '../study/load.js';
import { distinct } from '../study/plan.js';
import { runLoaded, type StudyOptions, type StudyOutcome } from '../study/run-study.js';
import { exit, type ExitCode } from './exit.js';
import { watchInterrupt } from './interrupt.js';
import { openSweepDisplay } from './sweep-display.js';
import { line, type Terminal } from './terminal.js';

/** Does a study's runs, shows how far they are, stops at Ctrl-C, and says on stderr which failed. */
export async function watchedStudy(
  study: LoadedStudy,
  options: StudyOptions,
  isSilent: boolean,
  terminal: Terminal,
): Promise<{ readonly outcome: StudyOutcome; readonly code: ExitCode }> {
  const display = openSweepDisplay(isSilent, terminal);
  const interrupt = watchInterrupt(() => display.note('Stopping. Ctrl-C again quits at once.'));
  let outcome: StudyOutcome;
  try {
    outcome = await runLoaded(study, {
      ...options,
      signal: interrupt.signal,
      onProgress: (progress) => display.show(progress),
      onNote: (note) => display.note(note),
    });
  } finally {
    display.close();
    interrupt.release();
  }
  return { outcome, code: outcome.interrupted ? interrupt.exitCode() : codeOf(outcome) };
}

/** Failed where a run did. */
function codeOf({ runs }: StudyOutcome): ExitCode {
  return runs.some(({ state }) => state === 'failed') ? exit.failed : exit.ok;
}

/** A line on stderr for each run that failed, and how to do them again. */
export function tellFailures({ runs }: StudyOutcome, { err }: Terminal): void {
  const failed = distinct(runs).filter(({ state }) => state === 'failed');
  for (const { point, seed, failure } of failed) {
    line(err, `pwff: ${point} seed ${seed} failed: ${failure?.message}`);
  }
  if (failed.length > 0) line(err, `pwff: ${failed.length} failed; --retry does them again`);
}
