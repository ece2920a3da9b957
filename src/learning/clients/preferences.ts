import { objectives, perObjective, type Weights } from '../objective.js';
import type { Method } from '../../strategies/methods/method.js';
import { stream, type Stream } from '../../simulation/random/stream.js';
import type { Clients } from './settings.js';

/**
 * What the client wants (Step 3.2), whether or not the method listens: as `clients.weights` says, and by
 * `clients.weightHarmless` where that says nothing of it. `index` counts the clients from 0. A draw is keyed
 * by the client's name, so that another client changes nobody's wishes.
 */
export function preferenceWeights(
  { clients, seed }: { readonly clients: Clients; readonly seed: number },
  index: number,
  client: string,
): Weights {
  const { weights } = clients;
  if (weights === null) return byHarmlessness(clients, seed, index, client);
  if (Array.isArray(weights)) return weights[index]!;
  if ('dirichlet' in weights) return fromDirichlet(weights.dirichlet, seed, client);
  return weights.byClient[client] ?? byHarmlessness(clients, seed, index, client);
}

/**
 * The scenario's list, or uniform on [0, 1] for harmlessness and the rest for helpfulness, as in section V-A
 * ("randomly assigned, ensuring that their sum equals 1").
 */
function byHarmlessness({ weightHarmless }: Clients, seed: number, index: number, client: string): Weights {
  const harmless =
    weightHarmless === 'uniform' ? stream(seed, 'preference', client).uniform() : weightHarmless[index]!;
  return { helpful: 1 - harmless, harmless };
}

/**
 * A draw from the Dirichlet distribution of two concentrations: independent gammas of these shapes over their
 * sum (Devroye, Non-Uniform Random Variate Generation, 1986, XI.4). The share is taken of the gammas'
 * logarithms, as both of them underflow to 0 where the concentrations are small.
 */
function fromDirichlet(concentrations: readonly number[], seed: number, client: string): Weights {
  const [helpful, harmless] = objectives.map((objective, place) =>
    logGamma(stream(seed, 'preference', client, 'dirichlet', objective), concentrations[place]!),
  ) as [number, number];
  const share = 1 / (1 + Math.exp(helpful - harmless));
  return { helpful: 1 - share, harmless: share };
}

/** Logarithm of a gamma draw, by Gamma(a) = Gamma(a + 1) U^(1/a) (Marsaglia and Tsang, 2000). */
function logGamma(draws: Stream, shape: number): number {
  return Math.log(draws.gamma(shape + 1)) + Math.log(draws.uniform()) / shape;
}

/**
 * The weights that a method trains with: the client's own, or equal ones over the rewards that the method
 * knows.
 */
export function trainingWeights(method: Method, ownWeights: Weights): Weights {
  if (method.personalWeights) return ownWeights;
  const share = 1 / method.rewards.length;
  return perObjective((objective) => (method.rewards.includes(objective) ? share : 0));
}
