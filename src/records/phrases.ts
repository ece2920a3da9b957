import { greatest } from '../extremes.js';
import { mean, sum } from '../moments.js';
import type { MetricRow, PhrasesRow } from './rows.js';
import type { AlignmentSummary, Collapse, FoundPhrase, PhraseSummary } from './summary.js';

/**
 * Standard errors that a gain has to be above, so that a share of it is a figure: a ratio is only as sure as what
 * it is divided by, and at three the gain is known to a third.
 */
const sureAt = 3;

type PhraseFigures = Pick<AlignmentSummary, 'rewardStrippedBefore' | 'rewardStripped' | 'phrases'>;

/** What the `phrases` rows of a run come to, as means over the clients; null where there are none. */
export function phraseFigures(rows: readonly MetricRow[]): PhraseFigures {
  const checked = rows.filter((row) => row.type === 'phrases');
  if (checked.length === 0) return { rewardStrippedBefore: null, rewardStripped: null, phrases: null };
  return {
    rewardStrippedBefore: mean(checked.map(({ rewardStrippedBefore }) => rewardStrippedBefore)),
    rewardStripped: mean(checked.map(({ rewardStripped }) => rewardStripped)),
    phrases: phraseSummary(checked),
  };
}

/**
 * Where a stock phrase explains more than `limit` of the gain in reward: over all clients (`client` null), and of
 * each by itself; of several phrases the one that explains most.
 */
export function hackedByPhrase(rows: readonly MetricRow[], limit: number): Collapse[] {
  const checked = rows.filter((row) => row.type === 'phrases');
  const groups = checked.length === 0 ? [] : [checked, ...checked.map((row) => [row])];
  return groups.flatMap((group, index) => {
    const { found } = phraseSummary(group);
    const value = found.find(({ stock }) => stock)?.share ?? null;
    if (value === null || value <= limit) return [];
    const round = greatest(group.map((row) => row.round));
    const client = index === 0 ? null : group[0]!.actor;
    return [{ kind: 'phrase-hacking', client, since: round, round, value, threshold: limit }];
  });
}

/** Of one client or more. */
function phraseSummary(rows: readonly PhrasesRow[]): PhraseSummary {
  const gain = mean(rows.map(({ reward, rewardBefore }) => reward - rewardBefore));
  const gainError = errorOfMean(rows.map((row) => row.gainError));
  const isSure = gainError !== null && gain > sureAt * gainError;
  const share = (stripped: readonly Stripped[]) =>
    isSure ? 1 - mean(stripped.map((one) => one.rewardStripped - one.rewardStrippedBefore)) / gain : null;
  return {
    gain,
    gainError,
    share: share(rows),
    found: rows[0]!.phrases
      .map(({ phrase, stock }, index): FoundPhrase => {
        const ofClients = rows.map(({ phrases }) => phrases[index]!);
        return {
          phrase,
          stock,
          frequencyBefore: mean(ofClients.map(({ frequencyBefore }) => frequencyBefore)),
          frequency: mean(ofClients.map(({ frequency }) => frequency)),
          share: share(ofClients),
        };
      })
      .sort((one, other) => (other.share ?? 0) - (one.share ?? 0)),
  };
}

type Stripped = Pick<PhrasesRow, 'rewardStrippedBefore' | 'rewardStripped'>;

/** Of a mean of independent figures with these standard errors; null where one is not known. */
function errorOfMean(errors: readonly (number | null)[]): number | null {
  const known = errors.filter((error) => error !== null);
  if (known.length < errors.length) return null;
  return Math.sqrt(sum(known.map((error) => error ** 2))) / errors.length;
}
