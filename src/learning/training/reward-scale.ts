import { mean, variance } from '../../moments.js';

/** Mean and standard deviation of one reward model's raw scores on samples of the reference policy. */
// A type and not an interface, so that it is a record of numbers as well.
export type RewardScale = { readonly mean: number; readonly std: number };

/** A standard deviation below this is no scale to measure by; scores are then only shifted. */
const smallestDeviation = 1e-6;

/** Mean and sample standard deviation; (0, 1) of no scores at all. */
export function scaleOfScores(scores: Float32Array): RewardScale {
  if (scores.length === 0) return { mean: 0, std: 1 };
  const std = scores.length === 1 ? 0 : Math.sqrt(variance(scores, 1));
  return { mean: mean(scores), std: std < smallestDeviation ? 1 : std };
}

/**
 * Raw scores on the scale of the reference policy's responses, less a penalty for each that did not end. Both
 * objectives pay the penalty: a client's weights sum to 1, so that its combined score loses it once.
 */
export function standardised(
  raw: ArrayLike<number>,
  rollouts: readonly { readonly ended: boolean }[],
  { mean, std }: RewardScale,
  missingEosPenalty: number,
): Float64Array {
  return Float64Array.from(
    raw,
    (score, i) => (score - mean) / std - (rollouts[i]!.ended ? 0 : missingEosPenalty),
  );
}
