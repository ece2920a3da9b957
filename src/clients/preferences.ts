import { objectives, type Objective } from '../data/types.js';
import type { Method } from '../methods/index.js';
import { stream } from '../random/stream.js';
import type { Scenario } from '../scenario/schema.js';

/** How much each objective counts for a client; the weights sum to 1. */
export type Weights = Readonly<Record<Objective, number>>;

/**
 * What the client wants (Step 3.2), whether or not the method listens: the scenario's list, or uniform on [0,
 * 1] for harmlessness and the rest for helpfulness, as in section V-A ("randomly assigned, ensuring that
 * their sum equals 1").
 */
export function wishedWeights(
  { clients: { weightHarmless }, seed }: Scenario,
  index: number,
  client: string,
): Weights {
  const harmless =
    weightHarmless === 'uniform' ? stream(seed, 'preference', client).uniform() : weightHarmless[index]!;
  return { helpful: 1 - harmless, harmless };
}

/**
 * The weights that a method trains with: the client's own, or equal ones over the rewards that the method
 * knows.
 */
export function trainedWeights(method: Method, wished: Weights): Weights {
  if (method.personalWeights) return wished;
  const share = 1 / method.rewards.length;
  const [helpful, harmless] = objectives.map((objective) =>
    method.rewards.includes(objective) ? share : 0,
  ) as [number, number];
  return { helpful, harmless };
}
