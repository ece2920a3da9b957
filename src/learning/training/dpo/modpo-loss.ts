import { softplus } from '../preference-loss.js';

/** What a pair set of one objective k means to a client. */
export interface ModpoTerms {
  /** β, the strength of the tie to the reference policy; above 0. */
  readonly beta: number;
  /** w_k, the client's weight of the objective that the pairs are about; above 0, at most 1. */
  readonly weight: number;
  /** s_k, the raw rewards' standard deviation that counts as one unit of objective k; above 0. */
  readonly rewardStd: number;
}

export interface ModpoLoss {
  /** Mean over pairs of −log σ(h), nats; ln 2 is "no idea". */
  readonly loss: number;
  /** d loss / d log-ratio, one per pair; never above 0. */
  readonly gradient: Float64Array;
}

/**
 * The loss of multi-objective direct preference optimization (Zhou et al. 2024, "Beyond
 * One-Preference-Fits-All Alignment", the MODPO loss) on pairs that say which response objective k prefers,
 * the other objective k′ being known by its reward model:
 *
 *     L = −log σ(h),  h = (s_k / w_k) · (β · Δ log π/π_ref − w_k′ · Δ r_k′),  Δ: chosen − rejected
 *     dL / d(Δ log π/π_ref) = −σ(−h) · β · s_k / w_k
 *
 * h is the difference of rewards that the policy implies for objective k: the optimum of w_k r_k + w_k′ r_k′
 * less β KL is π ∝ π_ref · exp((w_k r_k + w_k′ r_k′) / β), solved for r_k. The paper has raw rewards
 * throughout, which is s_k = 1. Here rewards are in units of their standard deviations, as in PPO: r_k′ is
 * divided by s_k′, and what is implied for r_k is multiplied by s_k, since Bradley–Terry speaks of raw
 * rewards. Only with both are the pair sets of both objectives met by one policy, the one that PPO's weights
 * mean. With w_k = 1 it is DPO (Rafailov et al. 2023, eq. 7) with a β of β · s_k.
 *
 * `logRatios` holds Δ log π/π_ref and `margins` w_k′ · Δ r_k′ in units of s_k′, one per pair.
 *
 * @throws RangeError for a term outside of its range, for lists of different lengths, and for no pairs.
 */
export function modpoLoss(
  logRatios: ArrayLike<number>,
  margins: ArrayLike<number>,
  { beta, weight, rewardStd }: ModpoTerms,
): ModpoLoss {
  if (!(weight > 0 && weight <= 1)) throw new RangeError(`weight is ${weight}, expected above 0, at most 1`);
  if (!(beta > 0)) throw new RangeError(`beta is ${beta}, expected above 0`);
  if (!(rewardStd > 0)) throw new RangeError(`rewardStd is ${rewardStd}, expected above 0`);
  const pairs = logRatios.length;
  if (margins.length !== pairs) throw new RangeError(`${margins.length} margins for ${pairs} pairs`);
  if (pairs === 0) throw new RangeError('a loss of no pairs, expected at least one');
  const steepness = rewardStd / weight;
  const gradient = new Float64Array(pairs);
  let sum = 0;
  for (let i = 0; i < pairs; i++) {
    const implied = steepness * (beta * logRatios[i]! - margins[i]!);
    gradient[i] = (-beta * steepness) / (1 + Math.exp(implied)) / pairs;
    sum += softplus(-implied);
  }
  return { loss: sum / pairs, gradient };
}
