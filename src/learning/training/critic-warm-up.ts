import type { Head } from '../model/head.js';
import { objectives, perObjective, type PerObjective } from '../objective.js';
import type { ParamSet } from '../params/param-set.js';
import { drawBatches } from './batches.js';
import { rewardsOf } from './experience.js';
import { HeadTrainer } from './head-trainer.js';
import { generalizedAdvantages } from './ppo/advantages.js';
import { valueLoss } from './ppo/value-loss.js';
import { concatenated } from './rollout.js';
import type { FreezeHyper } from './task.js';

/** Responses of the reference policy, as critics learn from them. */
export interface WarmUpSamples {
  /** Standardised score of each response. */
  readonly scores: PerObjective<ArrayLike<number>>;
  /** Per response (L, width): what the critic reads before each of its L tokens, row after row. */
  readonly states: PerObjective<readonly Float32Array[]>;
  /** L of each response. */
  readonly lengths: readonly number[];
}

/**
 * Critics after `criticWarmupSteps` steps towards the returns of these responses, which Step 3.1 sampled for the
 * scale: no round estimates advantages of what its critics were fitted on. The policy is the reference here, so
 * that the KL penalty is 0. The target is the return with λ = 1, Σ γ^k r, which does not depend on what a critic
 * believed before, and no clip ties it to that. The critics given where there is nothing to take a step on.
 */
export function warmedUp(
  critics: PerObjective<ParamSet>,
  head: Head,
  { scores, states, lengths }: WarmUpSamples,
  hyper: FreezeHyper,
  seed: string,
): PerObjective<ParamSet> {
  const { criticWarmupSteps, minibatchSize, criticLearningRate: learningRate } = hyper;
  const taught = lengths.flatMap((length, i) => (length > 0 ? [i] : []));
  if (criticWarmupSteps === 0 || taught.length === 0) return critics;
  const undiverged = taught.map((i) => new Float64Array(lengths[i]!));
  const trainers = perObjective((objective) => new HeadTrainer(head, critics[objective], { learningRate }));
  const returns = perObjective((objective) =>
    rewardsOf(
      taught.map((i) => scores[objective][i]!),
      undiverged,
      hyper,
    ).map((rewards) => discountedReturns(rewards, hyper.discount)),
  );
  const batches = drawBatches(taught.length, minibatchSize, seed, 'critic warm-up');
  for (let step = 0; step < criticWarmupSteps; step++) {
    const minibatch = batches.next().value;
    for (const objective of objectives) {
      const targets = concatenated(minibatch.map((index) => returns[objective][index]!));
      trainers[objective].step(
        concatenated(minibatch.map((index) => states[objective][taught[index]!]!)),
        (values) => valueLoss(values, values, targets, Infinity),
        hyper.maxGradientNorm,
      );
    }
  }
  return perObjective((objective) => trainers[objective].set);
}

/** Σ γ^k r_{t+k} of each token: advantages with λ = 1 over values of 0. */
function discountedReturns(rewards: Float64Array, discount: number): Float64Array {
  return generalizedAdvantages(rewards, new Float64Array(rewards.length), discount, 1);
}
