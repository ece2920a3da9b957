/**
 * Pulls the two scores of a pair to a mean of zero, without which Bradley–Terry leaves the origin of the
 * scale open (Eisenstein et al. 2023, "Helping or Herding?"; the coefficient is the one that TRL recommends).
 */
export const centring = 0.01;

export interface PreferenceLoss {
  /**
   * Mean over pairs of −log σ(chosen − rejected), nats; without the centring penalty, so that ln 2 is "no
   * idea".
   */
  readonly loss: number;
  /** d (loss + centring · mean (chosen + rejected)²) / d score, in the order of the scores. */
  readonly gradient: Float64Array;
  /** Share of pairs whose chosen response scores higher; a tie counts half. */
  readonly accuracy: number;
}

/** Bradley–Terry loss of scores that hold chosen and rejected in turn (Step 2.3); all NaN for no pairs. */
export function preferenceLoss(scores: ArrayLike<number>): PreferenceLoss {
  const pairs = scores.length / 2;
  const gradient = new Float64Array(scores.length);
  const sums = { loss: 0, right: 0 };
  for (let i = 0; i < scores.length; i += 2) {
    const margin = scores[i]! - scores[i + 1]!;
    const total = scores[i]! + scores[i + 1]!;
    const pull = -1 / (1 + Math.exp(margin));
    gradient[i] = (pull + 2 * centring * total) / pairs;
    gradient[i + 1] = (-pull + 2 * centring * total) / pairs;
    sums.loss += softplus(-margin);
    sums.right += margin > 0 ? 1 : margin === 0 ? 0.5 : 0;
  }
  return { loss: sums.loss / pairs, gradient, accuracy: sums.right / pairs };
}

/** log(1 + eˣ) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
