import { perObjective, type PerObjective } from '../objective.js';
import { generalizedAdvantages, returnsOf } from './ppo/advantages.js';
import { k1 } from './ppo/kl.js';
import { tokenRewards } from './ppo/token-rewards.js';
import { weightedSums } from './ppo/weighted.js';
import { whiten } from './ppo/whiten.js';
import type { AlignHyper } from './task.js';
import { concatenated, inLengths, type Rollout } from './rollout.js';

/** What one rollout taught; every array has one entry per response token. */
export interface Experience {
  readonly rollout: Rollout;
  /** Log-probabilities of the policy that sampled the response. */
  readonly logProb: Float64Array;
  /** The same under the reference policy. */
  readonly referenceLogProb: Float64Array;
  /** Log-ratio to the reference policy, nats. */
  readonly kl: Float64Array;
  /** Standardised score of the whole response, missing end-of-text accounted for. */
  readonly score: PerObjective<number>;
  /** What each critic reads of the state before each token, row after row. */
  readonly states: PerObjective<Float32Array>;
  /** Entropy (nats) of the sampling policy's whole next-token distribution before each token. */
  readonly entropy: Float64Array;
  /** The critics' values of those states, and what the critics are to learn. */
  readonly values: PerObjective<Float64Array>;
  readonly returns: PerObjective<Float64Array>;
  /** Those of the client's weighted objective, over all rollouts whitened where the options say so. */
  readonly advantages: Float64Array;
}

/** An experience before rewards were turned into advantages. */
export type Observation = Omit<Experience, 'kl' | 'returns' | 'advantages'>;

/**
 * `whitenRewards`: each objective's rewards are scaled to variance 1 over all tokens, their mean kept (TRL).
 * `whitenAdvantages`: the combined advantages are shifted to mean 0 and scaled to variance 1 over all tokens
 * (TRL).
 */
export type ExperienceOptions = Pick<
  AlignHyper,
  'weights' | 'klCoefficient' | 'discount' | 'lambda' | 'whitenRewards' | 'whitenAdvantages'
>;

/**
 * Step 3.2: an immediate reward stream and an advantage stream for each objective, combined by the client's
 * own weights. The same KL penalty stands in both streams, so that the combination holds it once: the
 * advantages of the weighted reward under the weighted values, because weights sum to 1 and the estimator is
 * linear. Whitened rewards give that up: each stream then has a scale of its own, and the penalty with it.
 */
export function experienceOf(observations: readonly Observation[], options: ExperienceOptions): Experience[] {
  const { weights, discount, lambda } = options;
  const lengths = observations.map(({ logProb }) => logProb.length);
  const divergences = observations.map(({ logProb, referenceLogProb }) => k1(logProb, referenceLogProb));
  const rewards = perObjective((objective) =>
    rewardsOf(
      observations.map(({ score }) => score[objective]),
      divergences,
      options,
    ),
  );
  const streams = observations.map(({ values }, i) => {
    const advantages = perObjective((objective) =>
      generalizedAdvantages(rewards[objective][i]!, values[objective], discount, lambda),
    );
    const returns = perObjective((objective) => returnsOf(advantages[objective], values[objective]));
    return { kl: divergences[i]!, returns, advantages: weightedSums(weights, advantages) };
  });
  const combined = concatenated(streams.map(({ advantages }) => advantages));
  const advantages = inLengths(options.whitenAdvantages ? whiten(combined) : combined, lengths);
  return observations.map((observation, i) => ({
    ...observation,
    ...streams[i]!,
    advantages: advantages[i]!,
  }));
}

/** One objective's rewards, token by token, one array per response, of its scores and divergences (k1). */
export function rewardsOf(
  scores: readonly number[],
  divergences: readonly Float64Array[],
  { klCoefficient, whitenRewards }: Pick<ExperienceOptions, 'klCoefficient' | 'whitenRewards'>,
): Float64Array[] {
  const rewards = scores.map((score, i) => tokenRewards(divergences[i]!, klCoefficient, score));
  if (!whitenRewards) return rewards;
  const lengths = rewards.map(({ length }) => length);
  return inLengths(whiten(concatenated(rewards), false), lengths);
}

/** One array cut into as many as there are lengths. */
