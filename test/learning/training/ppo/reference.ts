import assert from 'node:assert/strict';
import type { Figure } from '../../../../src/learning/training/figure.js';

/**
 * One response of four tokens, computed independently of this project (NumPy): γ 1, λ 0.95, KL coefficient
 * 0.05 (k1), clip 0.2 and 0.2.
 */
export const reference = {
  logProb: [-1, -0.5, -2, -0.1],
  referenceLogProb: [-1.2, -0.7, -1.5, -0.1],
  weights: { helpful: 0.3, harmless: 0.7 },
  score: { helpful: 1, harmless: -0.5 },
  values: { helpful: [0.2, 0.3, 0.1, 0.4], harmless: [-0.1, 0, -0.2, 0.1] },
  discount: 1,
  lambda: 0.95,
  klCoefficient: 0.05,
  clipRange: 0.2,
  klSum: { k1: -0.1, k3: 0.186183 },
  combinedScore: -0.05,
  rewards: [-0.01, -0.01, 0.025, -0.05],
  combinedValues: [-0.01, 0.09, -0.11, 0.19],
  advantages: [-0.0219575, -0.11785, 0.097, -0.24],
  advantagesHelpful: [0.6982375, 0.64025, 0.895, 0.6],
  advantagesHarmless: [-0.3306125, -0.44275, -0.245, -0.6],
  returns: [-0.0319575, -0.02785, -0.013, -0.05],
  whitened: [0.340765, -0.329606, 1.17238, -1.183539],
  newLogProb: [-0.7, -0.6, -2, -0.4],
  policyLoss: -0.084057,
  clipFraction: 0.5,
  newValues: [0.29, -0.01, -0.06, -0.21],
  valueLoss: 0.016473,
  adaptiveKl: { coefficient: 0.15, target: 6, horizon: 10000, observed: 9, batch: 512, next: 0.151536 },
} as const;

/** Fails unless every element is a number within `tolerance` of what the reference gives. */
export function assertNear(
  actual: Figure | ArrayLike<Figure>,
  expected: number | ArrayLike<number>,
  tolerance = 1e-6,
): void {
  const [left, right] = [actual, expected].map((side) =>
    typeof side === 'number' || side === null ? [side] : Array.from(side),
  ) as [Figure[], number[]];
  assert.equal(left.length, right.length);
  const largest = left.reduce<number>(
    (worst, value, i) => Math.max(worst, Math.abs((value ?? NaN) - right[i]!)),
    0,
  );
  assert.ok(
    largest <= tolerance,
    `largest difference ${largest}: [${left.join(', ')}], not [${right.join(', ')}]`,
  );
}

/** Fails unless two gradients differ by at most 1e-6 of the longer one's length (1e-9 where both vanish). */
export function assertGradient(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const length = (values: ArrayLike<number>) => Math.hypot(...Array.from(values));
  const difference = length(Array.from(actual, (value, i) => value - expected[i]!));
  const scale = Math.max(length(actual), length(expected));
  assert.ok(difference <= 1e-6 * scale + 1e-9, `gradients differ by ${difference}, their length is ${scale}`);
}

/** Central differences of a scalar function, one partial derivative an element. */
export function numericGradient(
  f: (at: readonly number[]) => number,
  at: readonly number[],
  step = 1e-6,
): number[] {
  const moved = (i: number, by: number) => at.map((value, j) => (i === j ? value + by : value));
  return at.map((_, i) => (f(moved(i, step)) - f(moved(i, -step))) / (2 * step));
}
