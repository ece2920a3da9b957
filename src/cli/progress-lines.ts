import { greatest } from '../extremes.js';
import type { Stage } from '../../machines/protocol.js';
import type { Progress } from '../records/progress.js';
import { stageNames } from '../records/report/figure-names.js';
import { duration, number, percent } from '../records/report/format.js';
import type { Scenario } from '../scenario/schema.js';
import { cut } from './line-width.js';
import type { Paint } from './terminal.js';

/*
 * What a person reads while a run goes on, as pure functions of what the run tells.
 */

/** The held-out figures of each stage; the table of results has the same at the end. */
const heldOutFigures: Readonly<Record<Stage, (progress: Progress) => readonly (string | null)[]>> = {
  instruction: ({ accuracy }) => [shown('accuracy', accuracy, percent)],
  reward: ({ helpfulAccuracy, harmlessAccuracy }) => [
    shown('ranked rightly: helpful', helpfulAccuracy, percent),
    shown('harmless', harmlessAccuracy, percent),
  ],
  alignment: ({ reward }) => [shown('reward', reward, number)],
};

/** The newest figures of a stage, those that there are, in columns. */
function figures(progress: Progress, stage: Stage | null): string {
  if (stage === null) return '';
  const ofRound = progress.stage === stage ? progress : null;
  return [
    ofRound && turnout(ofRound),
    ...heldOutFigures[stage](progress),
    shown('reported loss', ofRound?.reportedLoss ?? null, number),
    shown('delay', ofRound?.delaySeconds ?? null, duration),
  ]
    .filter((figure) => figure !== null)
    .join('  ');
}

/** Whose updates counted in the last closed round, and what closed it before all had come. */
function turnout({ updates, cohort, closedBy }: Progress): string {
  const counted = `updates ${updates}/${cohort}`;
  return `${counted}${closedBy === 'deadline' ? ', closed by deadline' : ''}${updates === 0 ? ', round lost' : ''}`;
}

function shown(name: string, value: number | null, format: (value: number) => string): string | null {
  return value === null ? null : `${name} ${format(value).padEnd(6)}`;
}

/**
 * Says of which closed rounds something can be told: of each once, as soon as all clients were measured with
 * what it made, and at the latest when the next is closed or the run is over. So the figures that are shown
 * last are those that were measured last.
 */
export class RoundWatch {
  /** The newest progress since the last round was closed, as long as that round was not told. */
  #due: Progress | null = null;
  #round = '';

  next(progress: Progress): readonly Progress[] {
    if (progress.closedRound === null) return [];
    const round = `${progress.stage} ${progress.closedRound}`;
    const overtaken = round === this.#round ? [] : this.end();
    if (round !== this.#round || this.#due !== null) this.#due = progress;
    this.#round = round;
    return progress.measured < progress.clients.length ? overtaken : [...overtaken, ...this.end()];
  }

  /** The last round, where it was not told. */
  end(): readonly Progress[] {
    const due = this.#due;
    this.#due = null;
    return due === null ? [] : [due];
  }
}

/** One line for a closed round: the plain display, and what stays on the screen of the live one. */
export function roundLine(progress: Progress, scenario: Scenario): string {
  const { stage, closedRound, closedVirtualSeconds, wallSeconds } = progress;
  if (stage === null) return '';
  const round = `${stageNames[stage]} ${closedRound}/${scenario[stage].maxRounds}`;
  return `${round.padEnd(24)}  ${figures(progress, stage)}  ${times(closedVirtualSeconds, wallSeconds)}`;
}

/** In the words of the results: the virtual time of what is told, and how long the run has taken. */
function times(virtualSeconds: number | null, wallSeconds: number): string {
  return `virtual ${duration(virtualSeconds)}, real ${duration(wallSeconds)}`;
}

/** The live picture: where the run is, its newest figures, and what every client does. */
export function picture(
  progress: Progress,
  scenario: Scenario,
  paint: Paint,
  size: { columns: number; rows: number },
): string {
  const { step, virtualSeconds, messages, tasks, round, wallSeconds } = progress;
  const stage = stageOfStep(step);
  const where =
    stage === null
      ? 'starting'
      : `Step ${step}  ${stageNames[stage]}, round ${round}/${scenario[stage].maxRounds}`;
  const lines = [
    `${paint('bold', where)}  ${times(virtualSeconds, wallSeconds)}`,
    paint('cyan', figures(progress, stage)),
    paint('dim', `${messages} messages, ${tasks} tasks done`),
    ...clientLines(progress, Math.max(size.rows - 5, 3)),
  ];
  return lines.map((text) => cut(text, size.columns)).join('\n');
}

function stageOfStep(step: string): Stage | null {
  const stages: Readonly<Record<string, Stage>> = { '1': 'instruction', '2': 'reward', '3': 'alignment' };
  return stages[step.charAt(0)] ?? null;
}

/** One line per client where they fit; else one line per activity, with how many clients are at it. */
function clientLines({ clients }: Progress, most: number): string[] {
  if (clients.length <= most) {
    const width = greatest(clients.map(({ id }) => id.length));
    return clients.map(({ id, doing }) => `  ${id.padEnd(width)}  ${doing}`);
  }
  const counts = new Map<string, number>();
  for (const { doing } of clients) counts.set(doing, (counts.get(doing) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([doing, count]) => `  ${String(count).padStart(4)} clients  ${doing}`);
}
