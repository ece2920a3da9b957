export interface ValueLoss {
  /** Half the mean over tokens of max((V − R)², (clip(V, V_old ± ε) − R)²). */
  readonly loss: number;
  /** d loss / d value, one per token: zero where the clipped term is the larger one. */
  readonly gradient: Float64Array;
  readonly clipFraction: number;
}

/** A critic's clipped squared error, halved, as in TRL, over the tokens of any number of responses. */
export function valueLoss(
  values: ArrayLike<number>,
  oldValues: ArrayLike<number>,
  returns: ArrayLike<number>,
  clipRange: number,
): ValueLoss {
  const count = values.length;
  const gradient = new Float64Array(count);
  const sums = { loss: 0, clipped: 0 };
  for (let t = 0; t < count; t++) {
    const old = oldValues[t]!;
    const error = values[t]! - returns[t]!;
    const clipped = Math.min(Math.max(values[t]!, old - clipRange), old + clipRange) - returns[t]!;
    if (clipped ** 2 > error ** 2) sums.clipped++;
    else gradient[t] = error / count;
    sums.loss += Math.max(error ** 2, clipped ** 2) / 2;
  }
  return { loss: sums.loss / count, gradient, clipFraction: sums.clipped / count };
}
