import type { Objective } from '../data/types.js';
import { generalizedAdvantages, returnsOf } from './ppo/advantages.js';
import { k1 } from './ppo/kl.js';
import { tokenRewards } from './ppo/token-rewards.js';
import { weightedSum, type Weights } from './ppo/weighted.js';
import { whiten } from './ppo/whiten.js';
import { perObjective, type Rollout } from './rollout.js';

type PerObjective<T> = Readonly<Record<Objective, T>>;

/** What one rollout taught; every array has one entry a response token. */
export interface Experience {
  readonly rollout: Rollout;
  /** Log-probabilities of the policy that sampled the response. */
  readonly logProb: Float64Array;
  /** Log-ratio to the reference policy, nats. */
  readonly kl: Float64Array;
  /** Standardised score of the whole response, missing end-of-text accounted for. */
  readonly score: PerObjective<number>;
  /** Features of the state before each token, row after row, for the critics. */
  readonly states: Float32Array;
  /** The critics' values of those states, and what the critics are to learn. */
  readonly values: PerObjective<Float64Array>;
  readonly returns: PerObjective<Float64Array>;
  /** Of the client's weighted objective, whitened over all rollouts. */
  readonly advantages: Float64Array;
}

/** An experience before rewards were turned into advantages. */
export type Observation = Omit<Experience, 'kl' | 'returns' | 'advantages'> & {
  readonly referenceLogProb: Float64Array;
};

export interface ExperienceOptions {
  readonly weights: Weights;
  readonly klCoefficient: number;
  readonly discount: number;
  readonly lambda: number;
}

/**
 * Step 3.2: an immediate reward stream and an advantage stream for each objective, combined by the client's
 * own weights. The same KL penalty stands in both streams, so that the combination holds it once.
 */
export function experienceOf(observations: readonly Observation[], options: ExperienceOptions): Experience[] {
  const { weights, klCoefficient, discount, lambda } = options;
  const streams = observations.map((observation) => {
    const kl = k1(observation.logProb, observation.referenceLogProb);
    const advantages = perObjective((objective) => {
      const rewards = tokenRewards(kl, klCoefficient, observation.score[objective]);
      return generalizedAdvantages(rewards, observation.values[objective], discount, lambda);
    });
    const returns = perObjective((objective) =>
      returnsOf(advantages[objective], observation.values[objective]),
    );
    return { kl, returns, advantages: weightedSum(weights, advantages) };
  });
  const whitened = whiten(streams.flatMap(({ advantages }) => [...advantages]));
  let start = 0;
  return observations.map((observation, i) => {
    const { kl, returns, advantages } = streams[i]!;
    const end = start + advantages.length;
    const experience = { ...observation, kl, returns, advantages: whitened.subarray(start, end) };
    start = end;
    return experience;
  });
}
