import type { Stage } from '../../machines/protocol.js';
import { evaluateFlops, pairFlops, scoreFlops } from '../learning/clients/workload.js';
import type { TokenTable } from '../learning/data/token-table.js';
import { objectives } from '../learning/objective.js';
import { clientOf, type World } from './world.js';

type Flops = (world: World, id: string, prompts?: TokenTable) => number;

/** Operations of measuring a client once in a stage; in stage 3 on these prompts, or on all that are held out. */
export const measuredFlops: Readonly<Record<Stage, Flops>> = {
  instruction: (world, id) => {
    const { test, shared } = clientOf(world, id).tables;
    return evaluateFlops(world.shape, [test, shared]);
  },
  reward: (world, id) => {
    const { pairs } = clientOf(world, id).tables;
    return pairFlops(
      world.shape,
      objectives.map((objective) => pairs[objective].test),
    );
  },
  alignment: (world, id, prompts = clientOf(world, id).tables.testPrompts) =>
    scoreFlops(world.scenario, world.shape, objectives, prompts, prompts.count),
};
