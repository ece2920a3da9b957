import { objectives, type Objective } from '../data/types.js';
import type { Experience } from './experience.js';
import type { PolicyLoss } from './ppo/policy-loss.js';
import type { ValueLoss } from './ppo/value-loss.js';
import type { Weights } from './ppo/weighted.js';

/** The losses of one minibatch, before its step. */
export interface StepLosses {
  readonly policy: PolicyLoss;
  readonly value: Readonly<Record<Objective, ValueLoss>>;
}

/**
 * What was sampled, by TRL's names, as means over responses; TRL's `scores` once for each objective and once
 * weighted. `objective/rlhf_reward` = scores + non_score_reward is what PPO maximises.
 */
export function objectiveMetrics(
  experiences: readonly Experience[],
  weights: Weights,
  klCoefficient: number,
): Record<string, number> {
  const meanOf = (f: (experience: Experience) => number) => mean(experiences.map(f));
  const kl = meanOf((experience) => sum(experience.kl));
  const helpful = meanOf(({ score }) => score.helpful);
  const harmless = meanOf(({ score }) => score.harmless);
  const scores = weights.helpful * helpful + weights.harmless * harmless;
  return {
    'objective/kl': kl,
    'objective/entropy': meanOf(({ logProb }) => -sum(logProb)),
    'objective/scores': scores,
    'objective/scores_helpful': helpful,
    'objective/scores_harmless': harmless,
    'objective/non_score_reward': -klCoefficient * kl,
    'objective/rlhf_reward': scores - klCoefficient * kl,
    'val/num_eos_tokens': experiences.filter(({ rollout }) => rollout.ended).length,
    'val/response_length': meanOf(({ logProb }) => logProb.length),
  };
}

/** Means over all minibatches of all epochs, by TRL's names. */
export function lossMetrics(losses: readonly StepLosses[]): Record<string, number> {
  const meanOf = (f: (losses: StepLosses) => number) => mean(losses.map(f));
  return {
    'loss/policy_avg': meanOf(({ policy }) => policy.loss),
    'policy/approxkl_avg': meanOf(({ policy }) => policy.approximateKl),
    'policy/clipfrac_avg': meanOf(({ policy }) => policy.clipFraction),
    'val/ratio': meanOf(({ policy }) => policy.ratio),
    ...Object.fromEntries(
      objectives.flatMap((objective) => [
        [`loss/value_${objective}_avg`, meanOf(({ value }) => value[objective].loss)],
        [`val/clipfrac_${objective}_avg`, meanOf(({ value }) => value[objective].clipFraction)],
      ]),
    ),
  };
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
