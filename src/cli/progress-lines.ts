import { greatest } from '../extremes.js';
import type { Stage } from '../../machines/protocol.js';
import type { Progress } from '../records/progress.js';
import { duration, number, percent } from '../records/report/format.js';
import type { Scenario } from '../scenario/schema.js';
import { cut } from './line-width.js';
import type { Paint } from './terminal.js';

/*
 * What a person reads while a run goes on, as pure functions of what the run tells.
 */

const stageNames: Readonly<Record<Stage, string>> = {
  instruction: 'instruction tuning',
  reward: 'reward learning',
  alignment: 'alignment',
};

/** The newest figures, those that there are, in columns. */
function figures({ accuracy, loss, reward, delaySeconds }: Progress): string {
  return [
    accuracy === null ? null : `accuracy ${percent(accuracy).padStart(6)}`,
    loss === null ? null : `loss ${number(loss).padEnd(6)}`,
    reward === null ? null : `reward ${number(reward).padEnd(6)}`,
    delaySeconds === null ? null : `delay ${duration(delaySeconds).padEnd(7)}`,
  ]
    .filter((figure) => figure !== null)
    .join('  ');
}

/** Whether a round was closed since the last call. */
export function roundWatch(): (progress: Progress) => boolean {
  let last: string | null = null;
  return ({ stage, closedRound }) => {
    const key = `${stage} ${closedRound}`;
    const news = closedRound !== null && key !== last;
    last = key;
    return news;
  };
}

/** One line for a closed round: the plain display, and what stays on the screen of the live one. */
export function roundLine(progress: Progress, scenario: Scenario, elapsedSeconds: number): string {
  const { stage, closedRound, virtualSeconds } = progress;
  if (stage === null) return '';
  const round = `${stageNames[stage]} ${closedRound}/${scenario[stage].maxRounds}`;
  const times = `virtual ${duration(virtualSeconds)} (${duration(elapsedSeconds)})`;
  return `${round.padEnd(24)}  ${figures(progress)}  ${times}`;
}

/** The live picture: where the run is, its newest figures, and what every client does. */
export function picture(
  progress: Progress,
  scenario: Scenario,
  paint: Paint,
  size: { columns: number; rows: number; elapsedSeconds: number },
): string {
  const { step, virtualSeconds, messages, tasks, round } = progress;
  const stage = stageOfStep(step);
  const where =
    stage === null
      ? 'starting'
      : `Step ${step}  ${stageNames[stage]}, round ${round}/${scenario[stage].maxRounds}`;
  const lines = [
    `${paint('bold', where)}  virtual ${duration(virtualSeconds)} (${duration(size.elapsedSeconds)})`,
    paint('cyan', figures(progress)),
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
