import type { UploadKind } from '../../machines/protocol.js';
import { perObjective } from '../learning/objective.js';
import type { Client } from '../learning/clients/population.js';
import type { Alignment } from '../learning/training/algorithms/settings.js';
import { pairPlan } from '../learning/training/dpo/pair-plan.js';
import type { World } from './world.js';

type RowsOf = (client: Client, alignment: Alignment) => number;

const rowsOf: Readonly<Record<UploadKind, RowsOf>> = {
  update: ({ data }) => data.train.length,
  'helpful-update': ({ tables }) => tables.pairs.helpful.train.count / 2,
  'harmless-update': ({ tables }) => tables.pairs.harmless.train.count / 2,
  'alignment-update': (client, alignment) => alignedRows[alignment.algorithm](client, alignment),
};

/** Both branches of a soup answer the same prompts. */
const alignedRows: Readonly<Record<Alignment['algorithm'], RowsOf>> = {
  ppo: promptsOf,
  'rewarded-soups': promptsOf,
  modpo: pairsOf,
};

/**
 * What a client's update was trained on, which is its weight in the mean: its instructions (Step 1.3), its
 * pairs of the objective (Step 2.3), or what a round of alignment draws anew (Step 3.3): the prompts that it
 * answers, or the pairs that it reads.
 */
export function rowsBehind({ scenario }: Pick<World, 'scenario'>, kind: UploadKind, client: Client): number {
  return rowsOf[kind](client, scenario.alignment);
}

function promptsOf({ tables }: Client, { promptsPerRound }: Alignment): number {
  return tables.prompts.count + tables.sensitivePrompts.count === 0 ? 0 : promptsPerRound;
}

function pairsOf({ tables, trainingWeights }: Client, alignment: Alignment): number {
  const counts = perObjective((objective) => tables.policyPairs[objective].count / 2);
  const { objectives, steps, pairsEach } = pairPlan(alignment, trainingWeights, counts);
  return objectives.length * steps * pairsEach;
}
