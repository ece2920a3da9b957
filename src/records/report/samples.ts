import type { MetricRow } from '../rows.js';
import { groupedBy } from '../../grouped.js';
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
  const sampled = rows.filter((row) => row.type === 'sample');
  const byPrompt = groupedBy(sampled, ({ actor, topic, prompt }) => JSON.stringify([actor, topic, prompt]));
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
