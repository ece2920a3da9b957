/**
 * Entropy (nats) of softmax(logits / temperature) of one position, exactly: H = log Z − E[z] with
 * z = logits / temperature and Z = Σ exp z. Between 0 and log V; `logits` need not be normalised.
 */
export function entropyOfLogits(logits: ArrayLike<number>, temperature = 1): number {
  let largest = -Infinity;
  for (let v = 0; v < logits.length; v++) largest = Math.max(largest, logits[v]!);
  let total = 0;
  let weighted = 0;
  for (let v = 0; v < logits.length; v++) {
    const below = (logits[v]! - largest) / temperature;
    const weight = Math.exp(below);
    total += weight;
    weighted += weight * below;
  }
  return Math.log(total) - weighted / total;
}
