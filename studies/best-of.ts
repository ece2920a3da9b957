import { mean } from '../src/moments.js';
import { perObjective, type Weights } from '../src/learning/objective.js';
import { selectBackend } from '../src/learning/model/backend.js';
import { rewardModels } from '../src/learning/training/reward-models/index.js';
import { choosePrompts, sampleResponses, withPolicy } from '../src/learning/training/rollout.js';
import { scaleOfScores, standardised } from '../src/learning/training/reward-scale.js';
import { weightedSums } from '../src/learning/training/ppo/weighted.js';
import type { TaskRequest } from '../src/learning/training/task.js';

/**
 * How far the rewards could rise without leaving what the policies before alignment say by themselves: for
 * each client the mean, over prompts, of the best of `samples` responses by its own weights, less that of
 * one. The prompts are the mixture that Step 3.1 samples; the unit is the standard deviation of its scores.
 */
export async function bestOf(
  samples: number,
  requests: readonly TaskRequest<'freeze'>[],
  weights: ReadonlyMap<string, Weights>,
): Promise<number> {
  await selectBackend('wasm');
  const rises: number[] = [];
  for (const request of requests) {
    const own = weights.get(request.seed.split('/')[1] ?? '');
    if (!own) throw new Error(`no client is named in the seed ${request.seed}`);
    rises.push(await riseOf(samples, request, own));
  }
  return mean(rises);
}

async function riseOf(samples: number, request: TaskRequest<'freeze'>, weights: Weights): Promise<number> {
  const { model, params, data, hyper, seed } = request;
  const models = await rewardModels(request);
  const prompts = choosePrompts(seed, hyper.prompts, hyper.sensitiveShare, data);
  const rewards = Array.from({ length: samples }, (_, sample) => {
    const rollouts = withPolicy(model, params.base, params.tuned, (policy) =>
      sampleResponses(policy, prompts, hyper, `${seed}/best-of/${sample}`),
    );
    const raw = models.scoresOfAnswers(rollouts);
    return { raw, rollouts };
  });
  const scales = perObjective((objective) =>
    scaleOfScores(Float32Array.from(rewards.flatMap(({ raw }) => [...raw[objective]]))),
  );
  const combined = rewards.map(({ raw, rollouts }) => {
    const scores = perObjective((objective) => standardised(raw[objective], rollouts, scales[objective], 0));
    return weightedSums(weights, scores);
  });
  const rewardsOf = prompts.map((_, prompt) => combined.map((one) => one[prompt]!));
  return mean(rewardsOf.map((own) => Math.max(...own))) - mean(rewardsOf.map(mean));
}
