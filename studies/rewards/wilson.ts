import { proportion } from '../../src/radio/link-study/estimate.js';

/** A share with its confidence interval, all from 0 to 1. */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's score interval of 95 % for `right` of `count` independent trials (Wilson, JASA 22, 1927, p. 209);
 * halves in `right`, of ties, are taken as they are. RangeError unless 0 <= right <= count and count > 0.
 */
export function wilsonInterval(right: number, count: number): Share {
  if (!(count > 0 && right >= 0 && right <= count)) {
    throw new RangeError(`${right} of ${count} trials, expected from 0 to all of at least one`);
  }
  const { value, low, high } = proportion(right, count);
  return { share: value, low, high };
}
