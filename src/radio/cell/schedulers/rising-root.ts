/** Steps of one kind between two halvings, and the most that are taken. */
const most = 120;
const tolerance = 1e-13;

/**
 * Where a rising function of [low, high] is 0, by the rule of false position in its Illinois form, and by halving at
 * every third step, so that a jump is found as well. `low` or `high` where the function has one sign all along.
 */
export function risingRoot(f: (x: number) => number, low: number, high: number): number {
  let below = f(low);
  if (below >= 0) return low;
  let above = f(high);
  if (above <= 0) return high;
  let x = high;
  for (let step = 1; step <= most && high - low > tolerance; step++) {
    x = step % 3 === 0 ? (low + high) / 2 : low - (below * (high - low)) / (above - below);
    const y = f(x);
    if (Math.abs(y) <= tolerance) return x;
    if (y < 0) {
      [low, below] = [x, y];
      above /= 2;
    } else {
      [high, above] = [x, y];
      below /= 2;
    }
  }
  return x;
}
