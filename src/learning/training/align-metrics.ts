import { mean, meanOrNull, ratioOrNull, sum, varianceOrNull } from '../../moments.js';
import { byName, perObjective, type PerObjective, type Weights } from '../objective.js';
import type { Experience } from './experience.js';
import { derived, type Figure } from './figure.js';
import { explainedVariance } from './ppo/explained-variance.js';
import { k3 } from './ppo/kl.js';
import type { PolicyLoss } from './ppo/policy-loss.js';
import type { ValueLoss } from './ppo/value-loss.js';
import { weightedFigure } from './ppo/weighted.js';
import { concatenated } from './rollout.js';

/** The losses of one minibatch, before its step. */
export interface StepLosses {
  readonly policy: PolicyLoss;
  readonly value: PerObjective<ValueLoss>;
}

/** One round of a client. */
export interface Aligned {
  readonly experiences: readonly Experience[];
  /** One per step taken, in order. */
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
 * each objective carries the objective's name. A figure that nothing was measured on is null.
 */
export function alignMetrics(aligned: Aligned): Record<string, Figure> {
  return { ...objectiveMetrics(aligned), ...criticMetrics(aligned.experiences), ...lossMetrics(aligned) };
}

/**
 * What was sampled, as means over responses. `objective/kl` sums k1 over a response's tokens, `kl_k3` sums
 * k3; `objective/entropy` is −Σ log π of the sampled tokens, `policy/entropy_avg` the mean over tokens of the
 * whole distribution's entropy, both of the sampling policy in nats. `objective/rlhf_reward` = scores +
 * non_score_reward is what PPO maximises.
 */
function objectiveMetrics({ experiences, weights, klCoefficient }: Aligned): Record<string, Figure> {
  const meanOf = (f: (experience: Experience) => number) => meanOrNull(experiences.map(f));
  const kl = meanOf((experience) => sum(experience.kl));
  const meanScores = perObjective((objective) => meanOf(({ score }) => score[objective]));
  const scores = weightedFigure(weights, meanScores);
  return {
    'objective/kl': kl,
    'objective/kl_k3': meanOf(({ logProb, referenceLogProb }) => sum(k3(logProb, referenceLogProb))),
    'objective/kl_coef': klCoefficient,
    'objective/entropy': meanOf(({ logProb }) => -sum(logProb)),
    'objective/scores': scores,
    ...byName('objective/scores_*', meanScores),
    'objective/non_score_reward': derived([kl], (kl) => -klCoefficient * kl),
    'objective/rlhf_reward': derived([scores, kl], (scores, kl) => scores - klCoefficient * kl),
    'policy/entropy_avg': meanOrNull(concatenated(experiences.map(({ entropy }) => entropy))),
    'val/num_eos_tokens': experiences.filter(({ rollout }) => rollout.ended).length,
    'val/num_responses': experiences.length,
    'val/response_length': meanOf(({ logProb }) => logProb.length),
  };
}

/** The critics as they judged the responses, before the policy's first step: means over tokens. */
function criticMetrics(experiences: readonly Experience[]): Record<string, Figure> {
  const joined = (stream: 'values' | 'returns') =>
    perObjective((objective) => concatenated(experiences.map((experience) => experience[stream][objective])));
  const [values, returns] = [joined('values'), joined('returns')];
  const explained = perObjective((objective) => explainedVariance(values[objective], returns[objective]));
  return {
    ...byName(
      'val/values_*',
      perObjective((objective) => meanOrNull(values[objective])),
    ),
    ...byName('val/explained_variance_*', explained),
  };
}

/**
 * Means over the minibatches of all epochs whose steps were taken; without an objective's name,
 * `loss/value_avg` and `val/clipfrac_avg` are means of both critics. `val/ratio_var` is the sample variance
 * of the minibatches' mean ratios, as in TRL. `policy/stopped_early` is the share of steps that `targetKl`
 * left out.
 */
function lossMetrics({ losses, steps }: Aligned): Record<string, Figure> {
  const meanOf = (f: (losses: StepLosses) => number) => meanOrNull(losses.map(f));
  const ofBoth = ({ helpful, harmless }: PerObjective<Figure>) =>
    derived([helpful, harmless], (...both) => mean(both));
  const ofCritics = (figure: 'loss' | 'clipFraction') =>
    perObjective((objective) => meanOf(({ value }) => value[objective][figure]));
  const valueLosses = ofCritics('loss');
  const clipFractions = ofCritics('clipFraction');
  return {
    'loss/policy_avg': meanOf(({ policy }) => policy.loss),
    'loss/value_avg': ofBoth(valueLosses),
    'policy/approxkl_avg': meanOf(({ policy }) => policy.approximateKl),
    'policy/clipfrac_avg': meanOf(({ policy }) => policy.clipFraction),
    'policy/stopped_early': derived([ratioOrNull(losses.length, steps)], (taken) => 1 - taken),
    'val/clipfrac_avg': ofBoth(clipFractions),
    'val/ratio': meanOf(({ policy }) => policy.ratio),
    'val/ratio_var': varianceOrNull(
      losses.map(({ policy }) => policy.ratio),
      1,
    ),
    ...byName('loss/value_*_avg', valueLosses),
    ...byName('val/clipfrac_*_avg', clipFractions),
  };
}
