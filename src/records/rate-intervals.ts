import { wilson, type Interval } from '../interval.js';
import { mean, sum } from '../moments.js';
import type { ClientRow } from './rows.js';
import type { RateIntervals } from './summary.js';

/** The rates of some clients' first and newest rows of task `score`, with what their few responses leave open. */
export function rateIntervals(start: readonly ClientRow[], end: readonly ClientRow[]): RateIntervals {
  return {
    refusalRateBefore: intervalOf(start, 'refusalRate', 'refusalTrials'),
    refusalRate: intervalOf(end, 'refusalRate', 'refusalTrials'),
    correctnessBefore: intervalOf(start, 'correctness', 'correctnessTrials'),
    correctness: intervalOf(end, 'correctness', 'correctnessTrials'),
  };
}

/**
 * Wilson's interval of the mean rate over the responses of all these clients, as if of one binomial: wider than
 * needed where clients differ, since a mean over given clients varies less than that.
 */
function intervalOf(rows: readonly ClientRow[], rate: string, trials: string): Interval | null {
  const measured = rows.flatMap(({ metrics: { [rate]: share = null, [trials]: count = null } }) =>
    share === null || count === null ? [] : [{ share, count }],
  );
  if (measured.length === 0) return null;
  return wilson(mean(measured.map(({ share }) => share)), sum(measured.map(({ count }) => count)));
}
