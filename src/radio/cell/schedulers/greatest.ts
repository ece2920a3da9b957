/** The first of so many whose value is greatest. */
export function greatest(count: number, valueOf: (sender: number) => number): number {
  let best = 0;
  let most = -Infinity;
  for (let i = 0; i < count; i++) {
    const value = valueOf(i);
    if (value <= most) continue;
    most = value;
    best = i;
  }
  return best;
}
