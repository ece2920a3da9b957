/**
 * Log-probabilities of whole responses: sums over their tokens. `lengths` has the tokens of each response,
 * which stand one after the other. Sums and not means, since DPO is about the probability of a response.
 */
export function responseSums(tokenLogProbs: ArrayLike<number>, lengths: readonly number[]): Float64Array {
  let token = 0;
  return Float64Array.from(lengths, (length) => {
    let sum = 0;
    for (const end = token + length; token < end; token++) sum += tokenLogProbs[token]!;
    return sum;
  });
}

/** Chosen less rejected of values that hold chosen and rejected in turn. */
export function pairDifferences(values: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: values.length / 2 }, (_, i) => values[2 * i]! - values[2 * i + 1]!);
}

/**
 * The gradient with respect to each token's log-probability, of one with respect to pairs' differences: every
 * token of a chosen response gets that of its pair, every token of a rejected one its negative.
 */
export function tokenGradient(pairGradient: ArrayLike<number>, lengths: readonly number[]): Float32Array {
  const gradient = new Float32Array(lengths.reduce((sum, length) => sum + length, 0));
  let token = 0;
  lengths.forEach((length, row) => {
    const ofPair = pairGradient[row >> 1]!;
    gradient.fill(row % 2 === 0 ? ofPair : -ofPair, token, token + length);
    token += length;
  });
  return gradient;
}
