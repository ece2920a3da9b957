/*
 * Estimators of KL(policy ‖ reference) from tokens drawn from the policy (Schulman 2020, "Approximating KL
 * Divergence"), one value per token. With r = reference / policy:
 *
 *   k1 = −log r      k3 = r − 1 − log r
 */

/** Unbiased, may be negative; the one that the KL penalty of the reward is made of. Nats. */
export function k1(logProb: ArrayLike<number>, referenceLogProb: ArrayLike<number>): Float64Array {
  return Float64Array.from(logProb, (value, t) => value - referenceLogProb[t]!);
}

/** Unbiased and never negative. Nats. */
export function k3(logProb: ArrayLike<number>, referenceLogProb: ArrayLike<number>): Float64Array {
  return k1(logProb, referenceLogProb).map((value) => Math.expm1(-value) + value);
}
