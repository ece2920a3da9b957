import { groupedBy } from '../../grouped.js';
import { stream, type KeyPart, type Stream } from '../../simulation/random/stream.js';

/*
 * Non-IID by Dirichlet draws. Two conventions of the literature, each where it fits:
 *
 * - Finite rows (files): class by class. For each class c, proportions over the K clients are drawn from
 *   Dir(alpha, ..., alpha), and the class's rows, shuffled, are cut at the cumulated proportions. This is the
 *   label-skew partition of NIID-Bench (Li et al.: Federated Learning on Non-IID Data Silos, ICDE 2022)
 *   without its rule that a client with more than N / K rows gets no more. Clients differ in volume as well.
 * - Generated rows (the embedded corpus): client by client. For each client, proportions over the classes are
 *   drawn from Dir(alpha, ..., alpha), and each of its rows draws its class from them (Hsu et al.: Measuring
 *   the Effects of Non-Identical Data Distribution, 2019; their prior uniform, alpha counted for each class).
 */

/**
 * One draw of the symmetric Dirichlet of concentration alpha > 0 over `size` parts: gamma draws divided by
 * their sum. Where all of them underflow (alpha below about 0.01), the limit of small alpha: one part has
 * everything.
 */
export function dirichlet(alpha: number, size: number, random: Stream): number[] {
  return normalized(
    Array.from({ length: size }, () => random.gamma(alpha)),
    random,
  );
}

function normalized(weights: readonly number[], random: Stream): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total > 0) return weights.map((weight) => weight / total);
  const only = random.below(weights.length);
  return weights.map((_, index) => (index === only ? 1 : 0));
}

/** Index of the part that a uniform number in (0, 1) falls into, for proportions that sum to one. */
export function partAt(proportions: readonly number[], uniform: number): number {
  let remaining = uniform;
  const last = proportions.findLastIndex((proportion) => proportion > 0);
  const index = proportions.findIndex((proportion) => (remaining -= proportion) < 0);
  return index < 0 ? last : index;
}

export interface PartitionOptions {
  /** The class of each row. */
  readonly classes: readonly string[];
  readonly clients: readonly string[];
  readonly alpha: number;
  /** The draw is repeated until each client has at least this many rows. */
  readonly minimum: number;
  readonly seed: KeyPart;
}

/** Draws are repeated this often for `minimum` to be met; beyond that there is little hope. */
const attempts = 200;

/**
 * Deals finite rows to clients, class by class (see above): the row indices of each client, ascending, every
 * row exactly once. Null where no draw gave each client its minimum. Each weight is keyed by (seed, attempt,
 * class, client) and each class's order by (seed, class): another client leaves the ratio of the others'
 * shares of a class as it is.
 */
export function partitionRows(options: PartitionOptions): number[][] | null {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const parts = partitionOnce(options, attempt);
    if (parts.every((rows) => rows.length >= options.minimum)) return parts;
  }
  return null;
}

function partitionOnce({ classes, clients, alpha, seed }: PartitionOptions, attempt: number): number[][] {
  const parts = clients.map((): number[] => []);
  for (const [name, rows] of groupedBy([...classes.keys()], (row) => classes[row]!)) {
    const proportions = normalized(
      clients.map((client) => stream(seed, 'partition', attempt, name, client).gamma(alpha)),
      stream(seed, 'partition', attempt, name),
    );
    const shuffled = stream(seed, 'order of class', name).shuffle(rows);
    const bounds = cuts(proportions, rows.length);
    parts.forEach((part, client) => {
      for (const row of shuffled.slice(bounds[client], bounds[client + 1])) part.push(row);
    });
  }
  return parts.map((part) => part.sort((a, b) => a - b));
}

/** Where `count` rows are cut for the given proportions: K + 1 ascending bounds, from 0 to `count`. */
function cuts(proportions: readonly number[], count: number): number[] {
  let cumulated = 0;
  const inner = proportions.slice(0, -1).map((proportion) => {
    cumulated += proportion;
    return Math.min(count, Math.round(cumulated * count));
  });
  return [0, ...inner, count];
}
