import { sum } from '../moments.js';
import { heldOut, mapRounds, metric, rowsOfTask, type Pick } from './held-out.js';
import type { MessageRow, MetricRow } from './rows.js';
import type { TargetReached, ToTarget } from './summary.js';

/** A figure that is measured of clients, by a task, after rounds. */
export interface MeasuredFigure {
  readonly task: string;
  readonly pick: Pick;
  readonly better: 'higher' | 'lower';
}

const accuracyOnOwnRows: MeasuredFigure = {
  task: heldOut.instruction.task,
  pick: metric('accuracy'),
  better: 'higher',
};

/** When the clients' accuracy on own held-out rows reached a target, see {@link targetReached}; null without one. */
export function toTarget(
  accuracy: number | null,
  metrics: readonly MetricRow[],
  messages: readonly MessageRow[],
): ToTarget | null {
  if (accuracy === null) return null;
  return { accuracy, reached: targetReached(accuracyOnOwnRows, accuracy, metrics, messages) };
}

/**
 * When the mean of a figure over the clients reached a target; null where it never did. That is in the first
 * round (0: before any training) for which the mean over the measured clients of the newest figure is at least the
 * target, or at most where less is better. Newest is of the latest round up to that one; a client without a figure yet
 * is not in the mean. `virtualSeconds` is when the last figure of the mean was there, `energyJoules` the energy of
 * all messages, of any stage and copies too, that had ended by then.
 */
export function targetReached(
  { task, pick, better }: MeasuredFigure,
  target: number,
  metrics: readonly MetricRow[],
  messages: readonly MessageRow[],
): TargetReached | null {
  const rounds = mapRounds(rowsOfTask(metrics, task), (round, newest) => ({
    round,
    mean: newest.mean(pick),
    virtualSeconds: newest.completeAt(pick),
  }));
  const isReached = (mean: number) => (better === 'higher' ? mean >= target : mean <= target);
  const first = rounds.find(({ mean }) => mean !== null && isReached(mean));
  if (first === undefined) return null;
  const { round, virtualSeconds } = first;
  return { round, virtualSeconds, energyJoules: energyUntil(virtualSeconds, messages) };
}

function energyUntil(seconds: number, messages: readonly MessageRow[]): number {
  const ended = messages.filter(({ endedVirtualSeconds: end }) => end !== null && end <= seconds);
  return sum(ended.map(({ energyJoules }) => energyJoules));
}
