import { sum } from '../moments.js';
import { heldOut, mapRounds, metric, rowsOfTask } from './held-out.js';
import type { MessageRow, MetricRow } from './rows.js';
import type { TargetReached, ToTarget } from './summary.js';

/**
 * When the clients' accuracy reached a target; null without one. That is in the first round of stage 1 (0: before
 * any training) for which the mean over the measured clients of the newest `evaluate` accuracy, on own held-out
 * rows, is at least `accuracy`. Newest is of the latest round up to that one; a client without a figure yet is
 * not in the mean. `virtualSeconds` is when the last figure of the mean was there, `energyJoules` the energy of
 * all messages, of any stage and copies too, that had ended by then.
 */
export function toTarget(
  accuracy: number | null,
  metrics: readonly MetricRow[],
  messages: readonly MessageRow[],
): ToTarget | null {
  return accuracy === null ? null : { accuracy, reached: reached(accuracy, metrics, messages) };
}

function reached(
  target: number,
  metrics: readonly MetricRow[],
  messages: readonly MessageRow[],
): TargetReached | null {
  const accuracy = metric('accuracy');
  const rounds = mapRounds(rowsOfTask(metrics, heldOut.instruction.task), (round, newest) => ({
    round,
    mean: newest.mean(accuracy),
    virtualSeconds: newest.completeAt(accuracy),
  }));
  const first = rounds.find(({ mean }) => mean !== null && mean >= target);
  if (first === undefined) return null;
  const { round, virtualSeconds } = first;
  return { round, virtualSeconds, energyJoules: energyUntil(virtualSeconds, messages) };
}

function energyUntil(seconds: number, messages: readonly MessageRow[]): number {
  const ended = messages.filter(({ endedVirtualSeconds: end }) => end !== null && end <= seconds);
  return sum(ended.map(({ energyJoules }) => energyJoules));
}
