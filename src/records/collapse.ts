import type { Alignment } from '../learning/training/algorithms/settings.js';
import { ratioOrNull } from '../moments.js';
import { hackedByPhrase } from './phrases.js';
import { readWhole, type RowReader } from './row-reader.js';
import type { ClientRow, MetricRow, PhrasesRow } from './rows.js';
import type { Collapse, CollapseKind } from './summary.js';

type Limits = Alignment['collapse'];

/** A quantity in one round, already relative to its start where the limit is. */
interface Reading {
  readonly value: number;
  /** Growth of the score; null where it does not matter. Length that wins nothing is no hacking. */
  readonly scoreGain: number | null;
}

/** How each kind is recognised, from the rows of one task. */
interface Symptom {
  readonly kind: CollapseKind;
  readonly task: 'score' | 'align';
  /** The reading of a row beside the client's first that has one; null where it cannot be taken. */
  readonly read: (row: ClientRow, first: ClientRow) => Reading | null;
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
export class Collapses implements RowReader {
  readonly #limits: Limits;
  readonly #symptoms: readonly Readings[];
  /** One of each client, at the end of the run. */
  readonly #phrases: PhrasesRow[] = [];

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#symptoms = symptoms.map((symptom) => new Readings(symptom, symptom.limit(limits)));
  }

  metric(row: MetricRow): void {
    if (row.type === 'phrases') this.#phrases.push(row);
    if (row.type === 'client') for (const readings of this.#symptoms) readings.add(row);
  }

  get found(): Collapse[] {
    const hacked = hackedByPhrase(this.#phrases, this.#limits.phraseShare);
    return [...this.#symptoms.flatMap((readings) => readings.found), ...hacked].sort(
      (one, other) => one.since - other.since,
    );
  }
}

/** Of rows that are at hand. */
export function collapses(metrics: readonly MetricRow[], limits: Limits): Collapse[] {
  return readWhole(new Collapses(limits), { metrics }).found;
}

/** What one symptom shows: of each client, and in the mean of each round. */
class Readings {
  readonly #symptom: Symptom;
  readonly #limit: number;
  readonly #firsts = new Map<string, ClientRow>();
  /** Of each client with a reading, the rounds beyond the limit. */
  readonly #clients = new Map<string, Beyond | null>();
  readonly #rounds = new Map<number, Means>();

  constructor(symptom: Symptom, limit: number) {
    this.#symptom = symptom;
    this.#limit = limit;
  }

  add(row: ClientRow): void {
    if (row.task !== this.#symptom.task) return;
    const { actor: client, round } = row;
    const first = this.#firsts.get(client) ?? row;
    const reading = this.#symptom.read(row, first);
    if (!reading) return;
    this.#firsts.set(client, first);
    this.#clients.set(client, this.#and(this.#clients.get(client) ?? null, round, reading));
    const means = this.#rounds.get(round) ?? new Means();
    this.#rounds.set(round, means.add(reading));
  }

  /** Of the mean, then client by client. */
  get found(): Collapse[] {
    const means = [...this.#rounds]
      .sort(([a], [b]) => a - b)
      .reduce<Beyond | null>((beyond, [round, { reading }]) => this.#and(beyond, round, reading), null);
    return [[null, means] as const, ...this.#clients].flatMap(([client, beyond]) => {
      if (beyond === null) return [];
      return [{ kind: this.#symptom.kind, client, ...beyond, threshold: this.#limit }];
    });
  }

  #and(beyond: Beyond | null, round: number, { value, scoreGain }: Reading): Beyond | null {
    if (!this.#symptom.beyond(value, this.#limit) || (scoreGain !== null && scoreGain <= 0)) return beyond;
    return { since: beyond?.since ?? round, round, value };
  }
}

/** The first and the last round beyond a limit, and what was read in the last. */
type Beyond = Pick<Collapse, 'since' | 'round' | 'value'>;

/** Of the readings of one round. */
class Means {
  #count = 0;
  #value = 0;
  #gains = 0;
  #scoreGain = 0;

  add({ value, scoreGain }: Reading): this {
    this.#count += 1;
    this.#value += value;
    if (scoreGain === null) return this;
    this.#gains += 1;
    this.#scoreGain += scoreGain;
    return this;
  }

  get reading(): Reading {
    return { value: this.#value / this.#count, scoreGain: ratioOrNull(this.#scoreGain, this.#gains) };
  }
}

/** Nats of a token; null where nothing was sampled, and for an algorithm that samples nothing. */
function entropy({ metrics }: ClientRow): number | null {
  return metrics['policy/entropy_avg'] ?? null;
}

function ratio(value: number | null, start: number | null): number | null {
  return value === null || start === null || !(start > 0) ? null : value / start;
}
