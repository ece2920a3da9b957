import { sum } from '../../src/moments.js';
import { heldOut, mapRounds, metric, rowsOfTask } from '../../src/records/held-out.js';
import type { RunRecords } from '../../src/records/read.js';

/** Where a run stood at the end of a round of stage 1. */
export interface Milestone {
  readonly round: number;
  /** Bits on the air and joules of all messages of rounds up to this one; what all are sent before is left out. */
  readonly bits: number;
  readonly joules: number;
  /** Means over the clients: on own held-out rows, and on facts that only others were taught. */
  readonly accuracy: number | null;
  readonly sharedAccuracy: number | null;
}

/** Every measured round of stage 1, from round 0, before any training. */
export function courseOf({
  metrics,
  messages,
}: Pick<RunRecords, 'metrics' | 'messages'>): readonly Milestone[] {
  const rows = rowsOfTask(metrics, heldOut.instruction.task);
  return mapRounds(rows, (round, newest) => {
    const until = messages.filter((message) => message.round > 0 && message.round <= round);
    return {
      round,
      bits: sum(until.map(({ airBits }) => airBits)),
      joules: sum(until.map(({ energyJoules }) => energyJoules)),
      accuracy: newest.mean(metric('accuracy')),
      sharedAccuracy: newest.mean(metric('sharedAccuracy')),
    };
  });
}

/** The last milestone within a budget; null where not even one round is. */
export function within(
  course: readonly Milestone[],
  spent: 'bits' | 'joules',
  budget: number,
): Milestone | null {
  return course.findLast((one) => one.round > 0 && one[spent] <= budget) ?? null;
}
