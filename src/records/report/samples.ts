import type { RowReader } from '../row-reader.js';
import type { MetricRow, SampleRow } from '../rows.js';
import { inOrder } from './series.js';

/** A client's first and last response to one prompt. */
export interface BeforeAfter {
  readonly actor: string;
  readonly topic: string;
  readonly prompt: string;
  readonly before: string;
  readonly after: string;
  readonly rounds: readonly [first: number, last: number];
}

/** Keeps each client's first and last response to each prompt. */
export class Samples implements RowReader {
  readonly #byPrompt = new Map<string, { readonly first: SampleRow; last: SampleRow }>();

  metric(row: MetricRow): void {
    if (row.type !== 'sample') return;
    const key = JSON.stringify([row.actor, row.topic, row.prompt]);
    const known = this.#byPrompt.get(key);
    if (known) known.last = row;
    else this.#byPrompt.set(key, { first: row, last: row });
  }

  /** What was sampled once only has no change to show and is left out. */
  get beforeAndAfter(): BeforeAfter[] {
    const pairs = [...this.#byPrompt.values()].flatMap(({ first, last }) => {
      if (first.round === last.round) return [];
      const { actor, topic, prompt } = first;
      const rounds = [first.round, last.round] as const;
      return [{ actor, topic, prompt, before: first.response, after: last.response, rounds }];
    });
    const order = inOrder(pairs.map(({ actor }) => actor));
    return pairs.sort((a, b) => order.indexOf(a.actor) - order.indexOf(b.actor));
  }
}
