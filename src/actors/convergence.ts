import type { Verdict } from '../../machines/events.js';

/** Progress of a stage so far. */
export interface Progress {
  /** Lowest mean loss of the stage; null before the first round that has one. */
  readonly bestLoss: number | null;
  readonly roundsWithoutProgress: number;
}

export interface Criterion {
  readonly maxRounds: number;
  readonly convergence: { readonly minimumImprovement: number; readonly patience: number };
}

/**
 * The criterion of Steps 1.5, 2.5 and 3.5: a stage has converged when for `patience` rounds the mean loss
 * that the clients report has not fallen by `minimumImprovement`, relative to the best so far. A round that was
 * lost, or in which nobody could measure a loss (`loss` null), tells nothing about convergence, but counts as
 * a round. A stage `awaits` parts of the model that nobody has tuned in it yet: it goes on, and what counts is the loss
 * once they are tuned.
 */
export function assessConvergence(
  progress: Progress,
  round: number,
  loss: number | null,
  { maxRounds, convergence: { minimumImprovement, patience } }: Criterion,
  awaits = false,
): Progress & { readonly verdict: Verdict } {
  if (awaits) return { bestLoss: null, roundsWithoutProgress: 0, verdict: 'continue' };
  const next = loss === null ? progress : advance(progress, loss, minimumImprovement);
  const converged = next.roundsWithoutProgress >= patience;
  return { ...next, verdict: converged ? 'converged' : round >= maxRounds ? 'out-of-rounds' : 'continue' };
}

function advance({ bestLoss, roundsWithoutProgress }: Progress, loss: number, improvement: number): Progress {
  if (bestLoss === null || loss < bestLoss - improvement * Math.abs(bestLoss)) {
    return { bestLoss: loss, roundsWithoutProgress: 0 };
  }
  return { bestLoss: Math.min(bestLoss, loss), roundsWithoutProgress: roundsWithoutProgress + 1 };
}
