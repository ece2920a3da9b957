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

/**
 * Pairs the samples of one client and prompt; what was sampled once only has no change to show and is left
 * out.
 */
export function beforeAndAfter(rows: readonly MetricRow[]): BeforeAfter[] {
  const byPrompt = new Map<string, SampleRow[]>();
  for (const row of rows) {
    if (row.type !== 'sample') continue;
    const key = JSON.stringify([row.actor, row.topic, row.prompt]);
    byPrompt.set(key, [...(byPrompt.get(key) ?? []), row]);
  }
  const pairs = [...byPrompt.values()].flatMap((samples) => {
    const [first, last] = [samples[0]!, samples.at(-1)!];
    if (first.round === last.round) return [];
    const { actor, topic, prompt } = first;
    const rounds = [first.round, last.round] as const;
    return [{ actor, topic, prompt, before: first.response, after: last.response, rounds }];
  });
  const order = inOrder(pairs.map(({ actor }) => actor));
  return pairs.sort((a, b) => order.indexOf(a.actor) - order.indexOf(b.actor));
}
