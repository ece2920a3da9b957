import { objectives, type Objective } from '../data/types.js';
import type { Experience } from './experience.js';
import { explainedVariance } from './ppo/explained-variance.js';
import { k3 } from './ppo/kl.js';
import type { PolicyLoss } from './ppo/policy-loss.js';
import type { ValueLoss } from './ppo/value-loss.js';
import type { Weights } from './ppo/weighted.js';
import { concatenated } from './rollout.js';

/** The losses of one minibatch, before its step. */
export interface StepLosses {
  readonly policy: PolicyLoss;
  readonly value: Readonly<Record<Objective, ValueLoss>>;
}

/** One round of a client. */
export interface Aligned {
  readonly experiences: readonly Experience[];
  /** Of the steps taken, in order. */
  readonly losses: readonly StepLosses[];
  /** Steps that the epochs and minibatches come to; fewer were taken where the round was stopped early. */
  readonly steps: number;
  readonly weights: Weights;
  /** The KL coefficient β that the rewards were made with. */
  readonly klCoefficient: number;
}

/**
 * What a round was, by TRL's names (PPOTrainer's, "Explanation of the logged metrics"; `objective/kl_coef` is
 * the older PPOTrainer's, the explained variance Stable-Baselines3's). What TRL has once and a client has for
 * each objective carries the objective's name. A figure that nothing was measured on is NaN.
 */
export function alignMetrics(aligned: Aligned): Record<string, number> {
  return { ...objectiveMetrics(aligned), ...criticMetrics(aligned.experiences), ...lossMetrics(aligned) };
}

/**
 * What was sampled, as means over responses. `objective/kl` sums k1 over a response's tokens, `kl_k3` sums
 * k3; `objective/entropy` is −Σ log π of the sampled tokens, `policy/entropy_avg` the mean over tokens of the
 * whole distribution's entropy, both of the sampling policy in nats. `objective/rlhf_reward` = scores +
 * non_score_reward is what PPO maximises.
 */
function objectiveMetrics({ experiences, weights, klCoefficient }: Aligned): Record<string, number> {
  const meanOf = (f: (experience: Experience) => number) => mean(experiences.map(f));
  const kl = meanOf((experience) => sum(experience.kl));
  const helpful = meanOf(({ score }) => score.helpful);
  const harmless = meanOf(({ score }) => score.harmless);
  const scores = weights.helpful * helpful + weights.harmless * harmless;
  return {
    'objective/kl': kl,
    'objective/kl_k3': meanOf(({ logProb, referenceLogProb }) => sum(k3(logProb, referenceLogProb))),
    'objective/kl_coef': klCoefficient,
    'objective/entropy': meanOf(({ logProb }) => -sum(logProb)),
    'objective/scores': scores,
    'objective/scores_helpful': helpful,
    'objective/scores_harmless': harmless,
    'objective/non_score_reward': -klCoefficient * kl,
    'objective/rlhf_reward': scores - klCoefficient * kl,
    'policy/entropy_avg': mean(concatenated(experiences.map(({ entropy }) => entropy))),
    'val/num_eos_tokens': experiences.filter(({ rollout }) => rollout.ended).length,
    'val/num_responses': experiences.length,
    'val/response_length': meanOf(({ logProb }) => logProb.length),
  };
}

/** The critics as they judged the responses, before the policy's first step: means over tokens. */
function criticMetrics(experiences: readonly Experience[]): Record<string, number> {
  const entries = objectives.map((objective) => {
    const values = concatenated(experiences.map((experience) => experience.values[objective]));
    const returns = concatenated(experiences.map((experience) => experience.returns[objective]));
    return [
      [`val/values_${objective}`, mean(values)],
      [`val/explained_variance_${objective}`, explainedVariance(values, returns)],
    ] as const;
  });
  return Object.fromEntries(entries.flat());
}

/**
 * Means over the minibatches of all epochs whose steps were taken; without an objective's name,
 * `loss/value_avg` and `val/clipfrac_avg` are means of both critics. `val/ratio_var` is the sample variance
 * of the minibatches' mean ratios, as in TRL. `policy/stopped_early` is the share of steps that `targetKl`
 * left out.
 */
function lossMetrics({ losses, steps }: Aligned): Record<string, number> {
  const meanOf = (f: (losses: StepLosses) => number) => mean(losses.map(f));
  const ofCritics = (f: (loss: ValueLoss) => number) =>
    objectives.map((objective) => [objective, meanOf(({ value }) => f(value[objective]))] as const);
  const valueLosses = ofCritics(({ loss }) => loss);
  const clipFractions = ofCritics(({ clipFraction }) => clipFraction);
  return {
    'loss/policy_avg': meanOf(({ policy }) => policy.loss),
    'loss/value_avg': mean(valueLosses.map(([, loss]) => loss)),
    'policy/approxkl_avg': meanOf(({ policy }) => policy.approximateKl),
    'policy/clipfrac_avg': meanOf(({ policy }) => policy.clipFraction),
    'policy/stopped_early': 1 - losses.length / steps,
    'val/clipfrac_avg': mean(clipFractions.map(([, fraction]) => fraction)),
    'val/ratio': meanOf(({ policy }) => policy.ratio),
    'val/ratio_var': sampleVariance(losses.map(({ policy }) => policy.ratio)),
    ...Object.fromEntries(valueLosses.map(([objective, loss]) => [`loss/value_${objective}_avg`, loss])),
    ...Object.fromEntries(
      clipFractions.map(([objective, fraction]) => [`val/clipfrac_${objective}_avg`, fraction]),
    ),
  };
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}

function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length;
}

/** NaN of fewer than two values. */
function sampleVariance(values: readonly number[]): number {
  const center = mean(values);
  return sum(values.map((value) => (value - center) ** 2)) / (values.length - 1);
}
