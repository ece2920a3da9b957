import { UserError } from '../errors.js';
import { mapValues } from '../map-values.js';
import { stream, type Stream } from '../simulation/random/stream.js';
import type { Draw, RandomSearch } from './study.js';

/** The settings of one point, values by path. */
export type PointSettings = Readonly<Record<string, unknown>>;

/**
 * The points of a random search. Each value is drawn by the search's seed, its path and the number of its point
 * alone: more points, or another setting beside it, change none. UserError where a range is empty.
 */
export function drawnPoints({ count, seed, space }: RandomSearch): readonly PointSettings[] {
  for (const [path, draw] of Object.entries(space)) refuseEmpty(path, draw);
  return Array.from({ length: count }, (_, index) =>
    mapValues(space, (draw, path) => drawn(draw, stream(seed, 'study', path, index))),
  );
}

function refuseEmpty(path: string, draw: Draw): void {
  if (draw.draw === 'choice') return;
  const { from, to } = draw;
  const where = `/vary/random/space/${path}`;
  if (from > to) throw new UserError(`${where}: goes from ${from} to ${to}, expected "from" below "to"`);
  if (draw.draw === 'log-uniform' && from <= 0) {
    throw new UserError(
      `${where}/from: is ${from}, expected a number above 0, where "draw" is "log-uniform"`,
    );
  }
  if (draw.draw === 'integer' && !(Number.isSafeInteger(from) && Number.isSafeInteger(to))) {
    throw new UserError(`${where}: goes from ${from} to ${to}, expected integers, where "draw" is "integer"`);
  }
}

function drawn(draw: Draw, random: Stream): unknown {
  switch (draw.draw) {
    case 'uniform':
      return draw.from + (draw.to - draw.from) * random.uniform();
    case 'log-uniform':
      return draw.from * (draw.to / draw.from) ** random.uniform();
    case 'integer':
      return draw.from + random.below(draw.to - draw.from + 1);
    case 'choice':
      return draw.of[random.below(draw.of.length)];
  }
}
