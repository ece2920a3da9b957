import type { Alignment } from '../learning/training/algorithms/settings.js';
import { mean, meanOrNull } from '../moments.js';
import { hackedByPhrase } from './phrases.js';
import type { ClientRow, MetricRow } from './rows.js';
import type { Collapse, CollapseKind } from './summary.js';

type Limits = Alignment['collapse'];

/** A quantity of one client in one round, already relative to its start where the limit is. */
interface Reading {
  readonly client: string | null;
  readonly round: number;
  readonly value: number;
  /** Growth of the score; null where it does not matter. Length that wins nothing is no hacking. */
  readonly scoreGain: number | null;
}

/** How each kind is recognised, from the rows of one task. */
interface Symptom {
  readonly kind: CollapseKind;
  readonly task: 'score' | 'align';
  /** The reading of a row beside the client's first that has one; null where it cannot be taken. */
  readonly read: (row: ClientRow, first: ClientRow) => Omit<Reading, 'client' | 'round'> | null;
  readonly limit: (limits: Limits) => number;
  readonly beyond: (value: number, limit: number) => boolean;
}

const above = (value: number, limit: number) => value > limit;
const below = (value: number, limit: number) => value < limit;

/*
 * Gao, Schulman and Hilton, "Scaling Laws for Reward Model Overoptimization" (2023), measure how far a policy
 * has been optimised by its divergence from where it began; Ziegler et al. (2019) keep it down by a target.
 * Loss of entropy is what every course on policy gradients warns of. Singhal et al., "A Long Way to Go"
 * (2023), find that much of what RLHF gains in reward is length.
 */
const symptoms: readonly Symptom[] = [
  {
    kind: 'kl-runaway',
    task: 'score',
    read: ({ metrics: { klK1 } }) => (typeof klK1 === 'number' ? { value: klK1, scoreGain: null } : null),
    limit: ({ klNats }) => klNats,
    beyond: above,
  },
  {
    kind: 'entropy-collapse',
    task: 'align',
    read: (row, first) => {
      const value = ratio(entropy(row), entropy(first));
      return value === null ? null : { value, scoreGain: null };
    },
    limit: ({ entropyShare }) => entropyShare,
    beyond: below,
  },
  {
    kind: 'length-hacking',
    task: 'score',
    read: ({ metrics }, { metrics: start }) => {
      const value = ratio(metrics['length'] ?? null, start['length'] ?? null);
      const [score, scoreAtStart] = [metrics['reward'] ?? null, start['reward'] ?? null];
      if (value === null || score === null || scoreAtStart === null) return null;
      return { value, scoreGain: score - scoreAtStart };
    },
    limit: ({ lengthFactor }) => lengthFactor,
    beyond: above,
  },
];

/**
 * Where alignment has passed a limit of `alignment.collapse`: of each client, and of the mean over those that
 * a round has rows of (`client` null), in the order of the rounds. A mean over shares is over each client's
 * own. From client rows alone:
 *
 * - `kl-runaway`: `klK1` of a `score` row is above `klNats`.
 * - `entropy-collapse`: the entropy of a token, `policy/entropy_avg` of an `align` row, is below
 *   `entropyShare` of that of the client's first. It is of the whole distribution before each sampled token;
 *   `objective/entropy` only estimates it, by the sampled tokens, and grows with the responses' length.
 * - `length-hacking`: `length` of a `score` row is above `lengthFactor` times that of the client's first,
 *   while its `reward` is above that of the first.
 * - `phrase-hacking`: of the gain in reward a single stock phrase explains more than `phraseShare`, by `phrases`
 *   rows.
 */
export function collapses(rows: readonly MetricRow[], limits: Limits): Collapse[] {
  const ofRounds = symptoms.flatMap((symptom) => {
    const readings = readingsOf(rows, symptom);
    return [...new Set(readings.map(({ client }) => client))].flatMap((client) => {
      const own = readings.filter((reading) => reading.client === client);
      return finding(symptom, client, own, symptom.limit(limits));
    });
  });
  return [...ofRounds, ...hackedByPhrase(rows, limits.phraseShare)].sort(
    (one, other) => one.since - other.since,
  );
}

/** The first and the last round beyond the limit; none where there is no such round. */
function finding(
  { kind, beyond }: Symptom,
  client: string | null,
  readings: readonly Reading[],
  threshold: number,
): Collapse[] {
  const bad = readings.filter(
    ({ value, scoreGain }) => beyond(value, threshold) && (scoreGain === null || scoreGain > 0),
  );
  const [first, last] = [bad[0], bad.at(-1)];
  if (!first || !last) return [];
  return [{ kind, client, since: first.round, round: last.round, value: last.value, threshold }];
}

/** Those of the mean first, then client by client, each in the order of the rounds. */
function readingsOf(rows: readonly MetricRow[], { task, read }: Symptom): Reading[] {
  const firsts = new Map<string, ClientRow>();
  const ofClients: Reading[] = [];
  for (const row of rows) {
    if (row.type !== 'client' || row.task !== task) continue;
    const first = firsts.get(row.actor) ?? row;
    const reading = read(row, first);
    if (!reading) continue;
    firsts.set(row.actor, first);
    ofClients.push({ client: row.actor, round: row.round, ...reading });
  }
  const rounds = [...new Set(ofClients.map(({ round }) => round))].sort((a, b) => a - b);
  return [...rounds.map((round) => meanOf(ofClients, round)), ...ofClients];
}

function meanOf(readings: readonly Reading[], round: number): Reading {
  const now = readings.filter((reading) => reading.round === round);
  const gains = now.flatMap(({ scoreGain }) => scoreGain ?? []);
  return {
    client: null,
    round,
    value: mean(now.map(({ value }) => value)),
    scoreGain: meanOrNull(gains),
  };
}

/** Nats of a token; null where nothing was sampled, and for an algorithm that samples nothing. */
function entropy({ metrics }: ClientRow): number | null {
  return metrics['policy/entropy_avg'] ?? null;
}

function ratio(value: number | null, start: number | null): number | null {
  return value === null || start === null || !(start > 0) ? null : value / start;
}
