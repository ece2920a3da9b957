import { duration } from '../records/report/format.js';
import { distinct, type PlannedRun } from '../study/plan.js';
import type { StudyOutcome } from '../study/run-study.js';
import type { EndedRun, StudyProgress } from '../study/standing.js';

/*
 * What a person reads of a study, as pure functions of what it tells.
 */

/** How far it is: "12 of 40 done, 1 failed, 2 running, 25 waiting; about 3 min 20 s left, by 12 runs". */
export function standingText(progress: StudyProgress): string {
  const { total, done, failed, running, elsewhere, waiting } = progress;
  const counts = [
    `${done} of ${total} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(running > 0 ? [`${running} running`] : []),
    ...(elsewhere > 0 ? [`${elsewhere} in other processes`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
  ];
  const isOver = running + elsewhere + waiting === 0;
  return `${counts.join(', ')}${isOver ? '' : `; ${leftText(progress)}`}`;
}

function leftText({ secondsLeft, measured }: StudyProgress): string {
  if (secondsLeft === null) return 'no estimate yet';
  if (secondsLeft < 1) return 'a moment left';
  return `about ${duration(secondsLeft)} left, by ${counted(measured, 'run')}`;
}

/** A line for a run that has ended. */
export function endedText({ run, state, seconds, message }: EndedRun): string {
  const what = `${run.point} seed ${run.seed}`;
  return state === 'done' ? `${what}: ${duration(seconds)}` : `${what}: failed: ${message}`;
}

/** The runs of a study, a line each, and how many there are. */
export function planText(runs: readonly (PlannedRun & { readonly state: string })[], out: string): string {
  const lines = runs.map(({ name, state }) => `${state.padEnd(6)}  ${name}`);
  const count = (state: string) => runs.filter((run) => run.state === state).length;
  const counts = `${count('done')} done, ${count('failed')} failed, ${count('left')} left`;
  return [...lines, `${counted(runs.length, 'run')} in ${out}: ${counts}`].join('\n');
}

/** What a study came to. */
export function endText({ name, out, runs, crew, interrupted }: StudyOutcome): string {
  const all = distinct(runs);
  const count = (state: string) => all.filter((run) => run.state === state).length;
  const shared = crew === null ? '' : ` (${crew.jobs} at a time, ${counted(crew.workers, 'worker')} each)`;
  const left = count('left') === 0 ? '' : `, ${count('left')} left`;
  const goesOn = interrupted ? '\nStopped. The same command goes on.' : '';
  const same =
    runs.length === all.length ? '' : `; ${runs.length - all.length} of the points are runs of others`;
  return `Study ${name}: ${count('done')} of ${all.length} done${left}${shared}${same}\nRuns: ${out}/runs${goesOn}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
