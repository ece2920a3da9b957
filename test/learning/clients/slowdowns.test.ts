import assert from 'node:assert/strict';
import { slowdownOf } from '../../../src/learning/clients/device.js';
import { slowdowns } from '../../../src/learning/clients/slowdowns/index.js';
import type { Choice } from '../../../src/settings/choice.js';
import { stream } from '../../../src/simulation/random/stream.js';

const count = 40_000;
const draws = (slowdown: Choice) =>
  Array.from({ length: count }, (_, i) => slowdownOf({ slowdown }, () => stream(1, 'task', i)));
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** Share of the factors above a limit: within four standard errors of its probability. */
const isAbove = (values: readonly number[], limit: number, probability: number) => {
  const share = values.filter((value) => value > limit).length / values.length;
  const error = Math.sqrt((probability * (1 - probability)) / values.length);
  assert.ok(Math.abs(share - probability) < 4 * error, `P(X > ${limit}) is ${share}, not ${probability}`);
};
const within = (value: number, expected: number, deviation: number) =>
  assert.ok(Math.abs(value - expected) < (4 * deviation) / Math.sqrt(count), `${value}, not ${expected}`);

describe('slowdowns', () => {
  it('have a table by their names', () => {
    for (const [name, slowdown] of Object.entries(slowdowns)) assert.equal(slowdown.name, name);
  });

  it('none is none', () => {
    assert.ok(draws('none').every((factor) => factor === 1));
  });

  it('the shifted exponential has mean 1 + mean, and deviates by its mean', () => {
    const factors = draws({ name: 'exponential', mean: 0.5 });
    within(meanOf(factors), 1.5, 0.5);
    assert.ok(factors.every((factor) => factor > 1));
    isAbove(factors, 2, Math.exp(-2));
  });

  it('the log-normal has mean e^(sigma^2 / 2) and median 1', () => {
    const factors = draws({ name: 'lognormal', sigma: 0.5 });
    within(meanOf(factors), Math.exp(0.125), Math.sqrt((Math.exp(0.25) - 1) * Math.exp(0.25)));
    isAbove(factors, 1, 0.5);
  });

  it('Pareto has mean alpha / (alpha - 1) and a tail of x^-alpha', () => {
    const factors = draws({ name: 'pareto', alpha: 3 });
    // Variance alpha / ((alpha - 1)^2 (alpha - 2)).
    within(meanOf(factors), 1.5, Math.sqrt(3 / 4));
    assert.ok(factors.every((factor) => factor > 1));
    isAbove(factors, 4, 1 / 64);
  });
});
