export interface PolicyLoss {
  /** Mean over tokens of max(−Â ρ, −Â clip(ρ, 1 − ε, 1 + ε)). */
  readonly loss: number;
  /** d loss / d logProb, one per token: zero where the clipped term is the larger one. */
  readonly gradient: Float64Array;
  /** Share of tokens whose clipped term is the larger one. */
  readonly clipFraction: number;
  /** Mean of (log ρ)² / 2: how far the policy has moved since the responses were sampled (Schulman's k2). */
  readonly approximateKl: number;
  /** Mean of ρ. */
  readonly ratio: number;
}

/**
 * PPO's clipped surrogate (Schulman et al. 2017, eq. 7), negated, over the tokens of any number of responses.
 * ρ = exp(logProb − oldLogProb); `advantages` are constants.
 */
export function policyLoss(
  logProb: ArrayLike<number>,
  oldLogProb: ArrayLike<number>,
  advantages: ArrayLike<number>,
  clipRange: number,
): PolicyLoss {
  const count = logProb.length;
  const gradient = new Float64Array(count);
  const sums = { loss: 0, clipped: 0, squares: 0, ratio: 0 };
  for (let t = 0; t < count; t++) {
    const logRatio = logProb[t]! - oldLogProb[t]!;
    const ratio = Math.exp(logRatio);
    const plain = -advantages[t]! * ratio;
    const clipped = -advantages[t]! * Math.min(Math.max(ratio, 1 - clipRange), 1 + clipRange);
    if (clipped > plain) sums.clipped++;
    else gradient[t] = plain / count;
    sums.loss += Math.max(plain, clipped);
    sums.squares += logRatio ** 2 / 2;
    sums.ratio += ratio;
  }
  return {
    loss: sums.loss / count,
    gradient,
    clipFraction: sums.clipped / count,
    approximateKl: sums.squares / count,
    ratio: sums.ratio / count,
  };
}
