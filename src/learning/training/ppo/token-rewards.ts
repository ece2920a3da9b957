/**
 * Rewards of one response's tokens: −β · k1 at each, and the score of the whole response at the last one
 * (Step 3.2; Ziegler et al. 2019, eq. 2).
 */
export function tokenRewards(kl: ArrayLike<number>, klCoefficient: number, score: number): Float64Array {
  const rewards = Float64Array.from(kl, (value) => -klCoefficient * value);
  if (rewards.length > 0) rewards[rewards.length - 1]! += score;
  return rewards;
}
