import { perObjective, type PerObjective } from '../../objective.js';
import { lossAndGradients, scalarLoss } from '../../model/gradients.js';
import type { Gpt } from '../../model/gpt.js';
import type { TunedSets } from '../../model/slots.js';
import { baseWeights } from '../../model/weights.js';
import { stream } from '../../../simulation/random/stream.js';
import { alignMetrics, type StepLosses } from '../align-metrics.js';
import { inBatches } from '../batches.js';
import { experienceOf, type Experience } from '../experience.js';
import { HeadTrainer } from '../head-trainer.js';
import { copiesOf } from '../instruct.js';
import { observe } from '../observe.js';
import { Optimizers } from '../optimizers.js';
import { inPhases, type RunningPhase } from '../phase.js';
import { workOf } from '../policy-work.js';
import { movedTooFar } from '../ppo/early-stop.js';
import { policyLoss, type PolicyLoss } from '../ppo/policy-loss.js';
import { valueLoss, type ValueLoss } from '../ppo/value-loss.js';
import { rehearsal } from '../rehearsal.js';
import { rewardModels } from '../reward-models/index.js';
import { concatenated, responseLogProbs } from '../rollout.js';
import type { AlignHyper, TaskFunction, TaskRequest } from '../task.js';

type Critics = PerObjective<HeadTrainer>;

/**
 * Steps 3.2 and 3.3: samples responses with the current policy, judges them by the client's own weighting of
 * both reward models and critics, and takes PPO steps on adapters and LoRA and regression steps on the
 * critics (Schulman et al. 2017; per-token KL penalty as in Ziegler et al. 2019). Where no prompt leaves room
 * for a response everything stays as it is, and every figure of a response is null.
 */
export const ppo: TaskFunction<'align'> = async (request) => {
  const { hyper, params } = request;
  const models = await rewardModels(request);
  const optimizers = new Optimizers(hyper.optimizers, params.moments);
  const rate = { learningRate: hyper.criticLearningRate };
  const critics = perObjective(
    (objective) =>
      new HeadTrainer(models.criticHead, params.critics[objective], rate, (set) =>
        optimizers.of(`critic-${objective}`, set, rate),
      ),
  );
  const experiences = experienceOf(observe(request, models), hyper);
  const tuned = copiesOf(params.tuned);
  const work = workOf(request, tuned, optimizers);
  let losses: StepLosses[] = [];
  const { state, sent } = inPhases(hyper.phases, work, (phase) => {
    losses = improve(request, experiences, tuned, critics, phase);
  });
  const steps = hyper.ppoEpochs * Math.ceil(experiences.length / hyper.minibatchSize);
  return {
    output: {
      tuned: { ...tuned, ...sent },
      ...(state && { state }),
      critics: perObjective((objective) => critics[objective].set),
      ...optimizers.left,
    },
    metrics: alignMetrics({ ...hyper, experiences, losses, steps }),
  };
};

/**
 * PPO epochs over minibatches of whole responses, each epoch in an order of its own, on `tuned` and critics
 * in place. All of them end before the first step whose minibatch has moved the policy too far (`targetKl`),
 * as in Stable-Baselines3. The losses of the steps taken.
 */
function improve(
  { params, data, hyper, seed }: TaskRequest<'align'>,
  experiences: readonly Experience[],
  tuned: TunedSets,
  critics: Critics,
  phase: RunningPhase,
): StepLosses[] {
  const base = baseWeights(params.base);
  const rehearse = rehearsal(phase, base, tuned, {
    table: data.instructions,
    rows: hyper.minibatchSize,
    coefficient: hyper.ptxCoefficient,
    seed,
  });
  const step = policyStepper(phase, base, tuned, hyper, rehearse);
  const losses: StepLosses[] = [];
  for (let epoch = 0; epoch < hyper.ppoEpochs; epoch++) {
    const order = stream(seed, 'minibatches', epoch).shuffle(experiences);
    for (const indices of inBatches(order.length, hyper.minibatchSize)) {
      const minibatch = indices.map((index) => order[index]!);
      const policy = step(minibatch);
      if (policy === null) return losses;
      losses.push({ policy, value: criticSteps(critics, minibatch, hyper) });
    }
  }
  return losses;
}

/**
 * One Adam step of adapters and LoRA down the clipped policy loss of a minibatch, in place; null and no step
 * where the minibatch has moved the policy too far.
 */
function policyStepper(
  { shape, trains, optimize }: RunningPhase,
  base: ReturnType<typeof baseWeights>,
  tuned: TunedSets,
  hyper: AlignHyper,
  rehearse: ReturnType<typeof rehearsal>,
): (minibatch: readonly Experience[]) => PolicyLoss | null {
  const { clipRange, temperature, targetKl } = hyper;
  return (minibatch) => {
    const oldLogProb = concatenated(minibatch.map(({ logProb }) => logProb));
    const advantages = concatenated(minibatch.map((experience) => experience.advantages));
    let result: PolicyLoss | undefined;
    const loss = (policy: Gpt) => {
      const rollouts = minibatch.map(({ rollout }) => rollout);
      return scalarLoss(responseLogProbs(policy, rollouts, temperature), (logProb) => {
        result = policyLoss(logProb, oldLogProb, advantages, clipRange);
        return { value: result.loss, gradient: Float32Array.from(result.gradient) };
      });
    };
    const { gradients } = lossAndGradients(shape, base, tuned, loss, trains);
    if (movedTooFar(result!.approximateKl, targetKl)) return null;
    rehearse(gradients);
    optimize(gradients);
    return result!;
  };
}

/** One Adam step of each critic towards its own objective's returns. */
function criticSteps(
  critics: Critics,
  minibatch: readonly Experience[],
  { clipRangeValue, maxGradientNorm }: Pick<AlignHyper, 'clipRangeValue' | 'maxGradientNorm'>,
): PerObjective<ValueLoss> {
  return perObjective((objective) => {
    const states = concatenated(minibatch.map((experience) => experience.states[objective]));
    const oldValues = concatenated(minibatch.map(({ values }) => values[objective]));
    const returns = concatenated(minibatch.map((experience) => experience.returns[objective]));
    return critics[objective].step(
      states,
      (values) => valueLoss(values, oldValues, returns, clipRangeValue),
      maxGradientNorm,
    );
  });
}
