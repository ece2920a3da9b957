import type { Stream } from '../../simulation/random/stream.js';

/** Number that a choice goes by: of a client, by its id. */
export type Measure = (client: string) => number;

/** The picked of some clients, in the order of the clients. */
export function inOrder(clients: readonly string[], picked: readonly string[]): readonly string[] {
  const all = new Set(picked);
  return clients.filter((client) => all.has(client));
}

/** As many clients as `size` says, those with the greatest `value`, greatest first; of equals the first. */
export function greatestOf(clients: readonly string[], size: number, value: Measure): readonly string[] {
  const valued = clients.map((client) => ({ client, value: value(client) }));
  const sorted = valued.sort((a, b) => (a.value === b.value ? 0 : a.value > b.value ? -1 : 1));
  return sorted.slice(0, size).map(({ client }) => client);
}

/**
 * As many clients, drawn one after the other without replacement with probability proportional to `weight`
 * (>= 0) among those that are left; those of weight 0 come last, in random order. By exponential clocks: the
 * first to ring of rates w_i is i with probability w_i / Σ w (Efraimidis and Spirakis, Weighted random
 * sampling with a reservoir, Information Processing Letters 97, 2006).
 */
export function drawnBy(
  weight: Measure,
  clients: readonly string[],
  size: number,
  draw: Stream,
): readonly string[] {
  const rings = new Map(clients.map((client) => [client, draw.exponential() / weight(client)]));
  return greatestOf(draw.shuffle(clients), size, (client) => -rings.get(client)!);
}
