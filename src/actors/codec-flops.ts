import { updatesOf, type Stage } from '../../machines/protocol.js';
import { sum } from '../moments.js';
import { carriedBy } from './parts.js';
import type { World } from './world.js';

/** What a client's device spends on encoding the updates of a round, given its model's parts. */
export function codecFlops(
  world: Pick<World, 'codecOf' | 'method' | 'scenario'>,
  stage: Stage,
  round: number,
  model: Readonly<Record<string, { readonly parameters: number } | null>>,
): number {
  const parts = updatesOf(stage, world.method.rewards).flatMap((kind) => carriedBy(world, kind, round));
  return sum(
    parts.map(
      (part) => (world.codecOf('uplink', part).flopsPerParameter ?? 0) * (model[part]?.parameters ?? 0),
    ),
  );
}
