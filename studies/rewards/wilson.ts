/** A share with its confidence interval, all from 0 to 1. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 %. */
const normalQuantile = 1.959963984540054;

/**
 * Wilson's score interval of 95 % for `right` of `count` independent trials (Wilson, JASA 22, 1927, p. 209);
 * halves in `right`, of ties, are taken as they are. RangeError unless 0 <= right <= count and count > 0.
 */
export function wilsonInterval(right: number, count: number): Share {
  if (!(count > 0 && right >= 0 && right <= count)) {
    throw new RangeError(`${right} of ${count} trials, expected from 0 to all of at least one`);
  }
  const share = right / count;
  const squares = normalQuantile ** 2;
  const center = (share + squares / (2 * count)) / (1 + squares / count);
  const spread = (share * (1 - share)) / count + squares / (4 * count ** 2);
  const half = (normalQuantile * Math.sqrt(spread)) / (1 + squares / count);
  return { share, low: Math.max(0, center - half), high: Math.min(1, center + half) };
}
