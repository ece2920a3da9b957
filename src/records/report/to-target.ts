import type { Summary } from '../summary.js';
import { duration, joules } from './format.js';

/** "Accuracy 80 % reached in round 3, after 2 min 00 s and 45 J"; null without a target. */
export function toTargetText({ stages }: Pick<Summary, 'stages'>): string | null {
  const target = stages.instruction?.toTarget ?? null;
  if (target === null) return null;
  const { accuracy, reached } = target;
  const what = `Accuracy ${asSet(accuracy)}`;
  if (reached === null) return `${what} not reached`;
  const { round, virtualSeconds, energyJoules } = reached;
  return `${what} reached in round ${round}, after ${duration(virtualSeconds)} and ${joules(energyJoules)}`;
}

/** A share as a percentage with all its digits: rounded, 0.9999 would be another target. */
function asSet(share: number): string {
  return `${Number((100 * share).toPrecision(12))} %`;
}
