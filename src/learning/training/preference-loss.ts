export interface PreferenceLoss {
  /**
   * Mean over pairs of −log σ(chosen − rejected), nats; without the centring penalty, so that ln 2 is "no
   * idea".
   */
  readonly loss: number;
  /** d (loss + centerCoefficient · mean (chosen + rejected)²) / d score, in the order of the scores. */
  readonly gradient: Float64Array;
}

/**
 * Bradley–Terry loss of scores that hold chosen and rejected in turn (Step 2.3), of at least one pair.
 * `centerCoefficient` (>= 0) pulls the two scores of a pair to a mean of zero, without which Bradley–Terry
 * leaves the origin of the scale open (Eisenstein et al. 2023, "Helping or Herding?"; in TRL
 * `center_rewards_coefficient`); 0 leaves it out.
 */
export function preferenceLoss(scores: ArrayLike<number>, centerCoefficient: number): PreferenceLoss {
  const pairs = scores.length / 2;
  if (pairs === 0) throw new RangeError('a loss of no pairs, expected at least one');
  const gradient = new Float64Array(scores.length);
  let loss = 0;
  for (let i = 0; i < scores.length; i += 2) {
    const margin = scores[i]! - scores[i + 1]!;
    const center = 2 * centerCoefficient * (scores[i]! + scores[i + 1]!);
    const pull = -1 / (1 + Math.exp(margin));
    gradient[i] = (pull + center) / pairs;
    gradient[i + 1] = (center - pull) / pairs;
    loss += softplus(-margin);
  }
  return { loss: loss / pairs, gradient };
}

/** log(1 + eˣ) without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
