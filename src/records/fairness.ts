import { greatest, least } from '../extremes.js';
import { mean, sum } from '../moments.js';
import { heldOut, isOfTask, newestFigures } from './held-out.js';
import { readWhole, type RowReader } from './row-reader.js';
import type { MessageRow, MetricRow } from './rows.js';
import type { FairnessSummary } from './summary.js';

/**
 * How evenly the clients took part, and how even what came of it is. Participation is how many of a client's
 * updates were averaged, over all stages; accuracy is of each client's own model on own rows, at its last
 * measurement in stage 1.
 */
export class Fairness implements RowReader {
  readonly #taken: Map<string, number>;
  readonly #newest = newestFigures();

  constructor(readonly clients: readonly string[]) {
    this.#taken = new Map(clients.map((client) => [client, 0]));
  }

  metric(row: MetricRow): void {
    if (isOfTask(row, heldOut.instruction.task)) this.#newest.add(row);
  }

  message({ from, aggregatedIn }: MessageRow): void {
    if (aggregatedIn !== null) this.#taken.set(from, this.#taken.get(from)! + 1);
  }

  get summary(): FairnessSummary {
    const accuracies = this.clients.flatMap((client) => this.#newest.of(client)?.metrics['accuracy'] ?? []);
    return {
      participation: jain([...this.#taken.values()]),
      accuracy: jain(accuracies),
      worstDecileAccuracy: worstDecile(accuracies),
      accuracySpread: accuracies.length === 0 ? null : greatest(accuracies) - least(accuracies),
    };
  }
}

/** Of rows that are at hand. */
export function fairness(
  clients: readonly string[],
  metrics: readonly MetricRow[],
  messages: readonly MessageRow[],
): FairnessSummary {
  return readWhole(new Fairness(clients), { metrics, messages }).summary;
}

/**
 * Jain's index (Σ x)² / (n Σ x²) of n numbers that are not negative: 1 where all are equal, 1/n where all but
 * one are 0 (Jain, Chiu and Hawe, DEC TR-301, 1984); null where there are none, or all are 0.
 */
export function jain(values: readonly number[]): number | null {
  const squares = sum(values.map((value) => value ** 2));
  return squares === 0 ? null : sum(values) ** 2 / (values.length * squares);
}

/** The mean of the worst tenth of some numbers, rounded up; null of none. */
export function worstDecile(values: readonly number[]): number | null {
  const worst = [...values].sort((a, b) => a - b).slice(0, Math.ceil(values.length / 10));
  return worst.length === 0 ? null : mean(worst);
}
