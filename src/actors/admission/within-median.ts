import type { ReceivedUpdate } from '../../../machines/server.js';
import { groupedBy } from '../../grouped.js';
import type { World } from '../world.js';
import { arrived, startsOf } from './expected.js';
import { normOf, tooLong } from './norm.js';

type TooLong = ReceivedUpdate & { readonly why: string };

/**
 * Of the updates that are to make a version those that `server.maxUpdateNorm` leaves, and the others, where it is a
 * multiple of the median norm of the changes of one kind: that is known only once they are together. Of an even number
 * of norms the lower one of the two in the middle counts, so that one of two clients cannot lift it.
 */
export function withinMedian(
  world: World,
  updates: readonly ReceivedUpdate[],
): readonly [kept: readonly ReceivedUpdate[], tooLong: readonly TooLong[]] {
  const { maxUpdateNorm } = world.scenario.server;
  if (maxUpdateNorm === null || typeof maxUpdateNorm === 'number') return [updates, []];
  const norms = new Map(
    updates.map((update) => [update, normOf(arrived(world, update), { starts: startsOf(world, update) })]),
  );
  const why = new Map<ReceivedUpdate, string>();
  for (const own of groupedBy(updates, ({ upload }) => upload.kind).values()) {
    const most = maxUpdateNorm.timesMedian * lowerMedian(own.map((update) => norms.get(update)!));
    for (const update of own) {
      const norm = norms.get(update)!;
      if (norm > most) why.set(update, tooLong(norm, most));
    }
  }
  return [
    updates.filter((update) => !why.has(update)),
    updates.flatMap((update) => (why.has(update) ? [{ ...update, why: why.get(update)! }] : [])),
  ];
}

function lowerMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}
