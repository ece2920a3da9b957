import type { Objective } from '../data/types.js';
import { lossAndGradients, scalarLoss, type Trained } from '../model/gradients.js';
import { baseWeights } from '../model/weights.js';
import { stream } from '../random/stream.js';
import { Adam, clipGlobalNorm } from './adam.js';
import { inBatches } from './batches.js';
import { lossMetrics, objectiveMetrics, type StepLosses } from './align-metrics.js';
import { experienceOf, type Experience } from './experience.js';
import { HeadTrainer } from './head-trainer.js';
import { copyOf } from './instruct.js';
import { observe } from './observe.js';
import { policyLoss, type PolicyLoss } from './ppo/policy-loss.js';
import { valueLoss, type ValueLoss } from './ppo/value-loss.js';
import type { Weights } from './ppo/weighted.js';
import { concatenated, perObjective, responseLogProbs } from './rollout.js';
import type { AlignHyper, TaskFunction, TaskRequest } from './task.js';

/**
 * Steps 3.2 and 3.3: samples responses with the current policy, judges them by the client's own weighting of
 * both reward models and critics, and takes PPO steps on adapters and LoRA and regression steps on the
 * critics.
 */
export const align: TaskFunction<'align'> = async (request) => {
  const { hyper } = request;
  const weights: Weights = { helpful: hyper.weightHelpful, harmless: hyper.weightHarmless };
  const experiences = experienceOf(await observe(request), { ...hyper, weights });
  const { trained, critics, losses } = improve(request, experiences);
  return {
    output: {
      ...trained,
      helpfulCritic: critics.helpful.set,
      harmlessCritic: critics.harmless.set,
    },
    metrics: { ...objectiveMetrics(experiences, weights, hyper.klCoefficient), ...lossMetrics(losses) },
  };
};

/** PPO epochs over minibatches of whole responses, in an order of their own each. */
function improve(
  { model, params, hyper, seed }: TaskRequest<'align'>,
  experiences: readonly Experience[],
): { trained: Trained; critics: Record<Objective, HeadTrainer>; losses: StepLosses[] } {
  const base = baseWeights(params.base);
  const trained: Trained = { adapters: copyOf(params.adapters), lora: copyOf(params.lora) };
  const step = policyStepper(model, base, trained, hyper);
  const critics = perObjective(
    (objective) => new HeadTrainer(params[`${objective}Critic`], { learningRate: hyper.criticLearningRate }),
  );
  const losses: StepLosses[] = [];
  for (let epoch = 0; epoch < hyper.ppoEpochs; epoch++) {
    const order = stream(seed, 'minibatches', epoch).shuffle(experiences);
    for (const indices of inBatches(order.length, hyper.minibatchSize)) {
      const minibatch = indices.map((index) => order[index]!);
      losses.push({
        policy: step(minibatch),
        value: perObjective((objective) => criticStep(critics[objective], minibatch, objective, hyper)),
      });
    }
  }
  return { trained, critics, losses };
}

/** One Adam step of adapters and LoRA down the clipped policy loss of a minibatch, in place. */
function policyStepper(
  model: TaskRequest<'align'>['model'],
  base: ReturnType<typeof baseWeights>,
  trained: Trained,
  hyper: AlignHyper,
): (minibatch: readonly Experience[]) => PolicyLoss {
  const { learningRate, loraLearningRateScale, maxGradientNorm, clipRange, temperature } = hyper;
  const adapters = trained.adapters && new Adam(trained.adapters.values, { learningRate });
  const lora =
    trained.lora && new Adam(trained.lora.values, { learningRate: learningRate * loraLearningRateScale });
  return (minibatch) => {
    const oldLogProb = concatenated(minibatch.map(({ logProb }) => logProb));
    const advantages = concatenated(minibatch.map((experience) => experience.advantages));
    let judged: PolicyLoss | undefined;
    const gradients = lossAndGradients(model, base, trained, (policy) => {
      const rollouts = minibatch.map(({ rollout }) => rollout);
      return scalarLoss(responseLogProbs(policy, rollouts, temperature), (logProb) => {
        judged = policyLoss(logProb, oldLogProb, advantages, clipRange);
        return { value: judged.loss, gradient: Float32Array.from(judged.gradient) };
      });
    });
    clipGlobalNorm([gradients.adapters, gradients.lora], maxGradientNorm);
    if (gradients.adapters) adapters?.step(gradients.adapters);
    if (gradients.lora) lora?.step(gradients.lora);
    return judged!;
  };
}

/** One Adam step of a critic towards its own objective's returns. */
function criticStep(
  critic: HeadTrainer,
  minibatch: readonly Experience[],
  objective: Objective,
  { clipRangeValue, maxGradientNorm }: AlignHyper,
): ValueLoss {
  const oldValues = concatenated(minibatch.map(({ values }) => values[objective]));
  const returns = concatenated(minibatch.map((experience) => experience.returns[objective]));
  const states = concatenated(minibatch.map((experience) => experience.states));
  return critic.step(
    states,
    (values) => valueLoss(values, oldValues, returns, clipRangeValue),
    maxGradientNorm,
  );
}
