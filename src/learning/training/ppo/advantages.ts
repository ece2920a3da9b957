/**
 * Generalized advantage estimates of one response (Schulman et al. 2016, eq. 16): Â_t = δ_t + γλ Â_{t+1} with
 * δ_t = r_t + γ V_{t+1} − V_t and V = 0 after the last token. `values[t]` is the value of the state before
 * token t.
 */
export function generalizedAdvantages(
  rewards: ArrayLike<number>,
  values: ArrayLike<number>,
  discount: number,
  lambda: number,
): Float64Array {
  const advantages = new Float64Array(rewards.length);
  let next = 0;
  for (let t = rewards.length - 1; t >= 0; t--) {
    const delta = rewards[t]! + discount * (values[t + 1] ?? 0) - values[t]!;
    next = delta + discount * lambda * next;
    advantages[t] = next;
  }
  return advantages;
}

/** What a critic is trained towards: R_t = Â_t + V_t. */
export function returnsOf(advantages: ArrayLike<number>, values: ArrayLike<number>): Float64Array {
  return Float64Array.from(advantages, (advantage, t) => advantage + values[t]!);
}
