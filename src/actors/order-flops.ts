import type { Stage } from '../../machines/protocol.js';
import type { ServerContext } from '../../machines/server.js';
import { alignFlops, freezeFlops, instructFlops, rewardFlops } from '../learning/clients/workload.js';
import { parametersIn, type TensorSpec } from '../learning/params/param-set.js';
import { momentAt, partsOf } from '../strategies/methods/parts.js';
import { loadAt } from '../strategies/methods/work.js';
import { tensorsOfPart } from './slots.js';
import { clientOf, type World } from './world.js';

/** What a client has of what the method tunes (Steps 1.1 and 1.2), by part. */
export function tunedTensors(world: World, id: string): Readonly<Record<string, readonly TensorSpec[]>> {
  const parts = partsOf(world.method).map((part) => [part.name, tensorsOfPart(world, part, id)] as const);
  return Object.fromEntries(parts);
}

/** Operations of a client's work on a version, Step 3.1 before the first of stage 3 included. */
export function orderFlops(
  world: World,
  { stage, version }: Pick<ServerContext, 'version'> & { readonly stage: Stage },
  id: string,
): number {
  const { scenario, shape } = world;
  const { rewards } = world.method;
  const { tables, trainingWeights } = clientOf(world, id);
  if (stage === 'reward') return rewardFlops(scenario, shape, tables, rewards);
  const tuned = tunedTensors(world, id);
  const { passes, trained } = loadAt(world.method, momentAt(world.scenario, stage, version + 1), (part) =>
    parametersIn(tuned[part]!),
  );
  if (stage === 'instruction') return passes * instructFlops(scenario, shape, trained, tables);
  const { promptsPerRound } = scenario.alignment;
  const aligned =
    passes * alignFlops({ scenario, shape, trained, tables, rewards, weights: trainingWeights });
  const isFirst = version === 0;
  return aligned + (isFirst ? freezeFlops(scenario, shape, rewards, tables.prompts, 2 * promptsPerRound) : 0);
}
