const ratio = (Math.sqrt(5) - 1) / 2;

/** Where a function that falls and then rises is least between two points, to about eight digits: golden sections. */
export function leastAt(f: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [atLeft, atRight] = [f(left), f(right)];
  for (let step = 0; step < 80; step++) {
    if (atLeft <= atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - ratio * (high - low);
      atLeft = f(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + ratio * (high - low);
      atRight = f(right);
    }
  }
  return (low + high) / 2;
}

/** The point between two from which on something holds that does not hold before it: bisection of the logarithm. */
export function firstWhere(holds: (x: number) => boolean, from: number, to: number): number {
  let [low, high] = [Math.log(from), Math.log(to)];
  for (let step = 0; step < 100 && high - low > 1e-15 * Math.max(1, Math.abs(high)); step++) {
    const middle = (low + high) / 2;
    if (holds(Math.exp(middle))) high = middle;
    else low = middle;
  }
  return Math.exp(high);
}

/** A number above `from` at which it holds: doubled until it does. Error where no number is large enough. */
export function someWhere(holds: (x: number) => boolean, from: number): number {
  for (let x = 2 * from; x < Infinity; x *= 2) if (holds(x)) return x;
  throw new RangeError(`nothing above ${from} is enough`);
}
