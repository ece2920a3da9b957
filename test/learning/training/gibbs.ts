import { scoreFeatures, type Answer } from '../../../src/learning/model/reward-features.js';
import { criticOf, readValues } from '../../../src/learning/model/reward-model.js';
import { perObjective } from '../../../src/learning/objective.js';
import { ppo } from '../../../src/learning/training/algorithms/ppo.js';
import { frozenModel, readLogProbs, withPolicy } from '../../../src/learning/training/rollout.js';
import type { AlignHyper, AlignParams, TaskRequest } from '../../../src/learning/training/task.js';
import { banditRequest } from './bandit.js';
import { tableOf, tinyBase, tinyReward, tinyShape } from './tiny-model.js';

/*
 * A task so small that everything about it can be written down: one prompt, every response of at most
 * `length` tokens listed, two reward models, weights, a penalty for a missing end. Of all policies the one
 * with the largest E[r] − β KL(π ‖ π_ref) is π*(y) = π_ref(y) exp(r(y) / β) / Z, and the maximum is β log Z.
 */

const prompt = [4, 3];
const { vocab_size: vocabulary, eos_token_id: endOfText } = tinyShape.config;
const all = Array.from({ length: vocabulary }, (_, token) => token);

/** Every response that sampling can give: ended by end-of-text, or cut at `length` tokens. */
export function responsesOf(length: number): number[][] {
  if (length === 0) return [[]];
  return all.flatMap((token) =>
    token === endOfText ? [[token]] : responsesOf(length - 1).map((rest) => [token, ...rest]),
  );
}

/** What a policy earns, exactly: E[r], KL(π ‖ π_ref) in nats and E[r] − β KL. */
export interface Worth {
  readonly reward: number;
  readonly kl: number;
  readonly objective: number;
}

export interface Game {
  readonly request: TaskRequest<'align'>;
  /** What a policy with these adapters and LoRA is worth. */
  worthOf(params: Pick<AlignParams, 'base' | 'tuned'>): Worth;
  /** The Gibbs policy's worth: the best that there is. */
  readonly optimum: Worth;
}

export function gibbsGame(length: number, hyper: Partial<AlignHyper> = {}): Game {
  const answers = responsesOf(length).map((response) => ({
    tokens: Int32Array.of(...prompt, ...response),
    response: prompt.length,
  }));
  const made = banditRequest(hyper);
  const reference = probabilities(made.params, answers);
  const raw = perObjective((objective) => rawScores(objective, answers));
  const scale = perObjective((objective) => ({
    mean: expectation(reference, raw[objective]),
    std: deviation(reference, raw[objective]),
  }));
  const request = requestOf(made, { ...made.hyper, scale, maxNewTokens: length });
  const { weights, klCoefficient, missingEosPenalty } = request.hyper;
  const rewards = answers.map(
    ({ tokens }, i) =>
      (weights.helpful * (raw.helpful[i]! - scale.helpful.mean)) / scale.helpful.std +
      (weights.harmless * (raw.harmless[i]! - scale.harmless.mean)) / scale.harmless.std -
      (tokens.at(-1) === endOfText ? 0 : missingEosPenalty),
  );
  const worth = (policy: readonly number[]): Worth => {
    const reward = expectation(policy, rewards);
    const kl = expectation(
      policy,
      policy.map((p, i) => Math.log(p / reference[i]!)),
    );
    return { reward, kl, objective: reward - klCoefficient * kl };
  };
  const gibbs = reference.map((p, i) => p * Math.exp(rewards[i]! / klCoefficient));
  const total = gibbs.reduce((sum, value) => sum + value, 0);
  return {
    request,
    worthOf: (params) => worth(probabilities(params, answers)),
    optimum: worth(gibbs.map((value) => value / total)),
  };
}

function requestOf(made: TaskRequest<'align'>, hyper: AlignHyper): TaskRequest<'align'> {
  const rewardModels = perObjective((objective) => tinyReward(objective));
  return {
    ...made,
    hyper,
    params: {
      ...made.params,
      rewardModels,
      critics: perObjective((objective) => {
        const { mean, std } = hyper.scale[objective];
        return criticOf(rewardModels[objective], mean, std);
      }),
    },
    data: { ...made.data, prompts: tableOf([[prompt, []]]) },
  };
}

/** Rounds of the task, each with a learning rate of its own, each from what the one before gave. */
export async function play({ request }: Game, learningRates: readonly number[]): Promise<AlignParams> {
  let params = request.params;
  for (const [round, learningRate] of learningRates.entries()) {
    const hyper = { ...request.hyper, learningRate };
    const { output } = await ppo({ ...request, params, hyper, seed: `${request.seed}/${round}` });
    params = { ...params, ...output };
  }
  return params;
}

function probabilities(params: Pick<AlignParams, 'base' | 'tuned'>, answers: readonly Answer[]): number[] {
  return withPolicy(tinyShape, params.base, params.tuned, (policy) =>
    readLogProbs(policy, answers, 1).map((own) => Math.exp(own.reduce((sum, value) => sum + value, 0))),
  );
}

function rawScores(name: string, answers: readonly Answer[]): Float32Array {
  return readValues(tinyReward(name), scoreFeatures(frozenModel(tinyShape, tinyBase()), answers));
}

function expectation(policy: readonly number[], values: ArrayLike<number>): number {
  return policy.reduce((sum, p, i) => sum + p * values[i]!, 0);
}

function deviation(policy: readonly number[], values: ArrayLike<number>): number {
  const mean = expectation(policy, values);
  return Math.sqrt(
    expectation(
      policy,
      Array.from(values, (value) => (value - mean) ** 2),
    ),
  );
}
