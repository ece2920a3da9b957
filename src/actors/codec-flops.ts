import { updatesOf, type Stage } from '../../machines/protocol.js';
import { sum } from '../moments.js';
import { carriedBy } from './parts.js';
import type { World } from './world.js';

/** What a client's device spends on encoding the updates of a round, given its model's parts. */
export function codecFlops(
  { codecOf, method }: Pick<World, 'codecOf' | 'method'>,
  stage: Stage,
  round: number,
  model: Readonly<Record<string, { readonly parameters: number } | null>>,
): number {
  const parts = updatesOf(stage, method.rewards).flatMap((kind) => carriedBy(kind, round, method));
  return sum(
    parts.map((part) => (codecOf('uplink', part).flopsPerParameter ?? 0) * (model[part]?.parameters ?? 0)),
  );
}
