import assert from 'node:assert/strict';
import { preferenceWeights } from '../../../src/learning/clients/preferences.js';
import { checkForm } from '../../../src/scenario/validate.js';
import type { Scenario } from '../../../src/scenario/schema.js';
import { assertMean, statistics } from '../../radio/channel/sample-statistics.js';

function scenarioOf(clients: object, seed = 1): Scenario {
  const { scenario, problems } = checkForm({ name: 'x', seed, clients });
  assert.ok(scenario, JSON.stringify(problems));
  return scenario;
}

/** Weights of harmlessness of so many clients. */
function harmlessWeights(clients: object, count: number): Float64Array {
  const scenario = scenarioOf(clients);
  return Float64Array.from({ length: count }, (_, index) => {
    const { helpful, harmless } = preferenceWeights(scenario, index, `client-${index + 1}`);
    assert.ok(helpful >= 0 && harmless >= 0 && Math.abs(helpful + harmless - 1) < 1e-15);
    return harmless;
  });
}

/** Kolmogorov and Smirnov's distance is below the critical value at the 0.1 % level, 1.95 / sqrt(n). */
function assertLaw(values: Float64Array, cdf: (x: number) => number): void {
  const sorted = values.slice().sort();
  const n = sorted.length;
  const distance = sorted.reduce((worst, x, i) => Math.max(worst, (i + 1) / n - cdf(x), cdf(x) - i / n), 0);
  assert.ok(distance < 1.95 / Math.sqrt(n), `distance ${distance} with ${n} draws`);
}

describe('what a client wants', () => {
  it('is the pair of a list that is its own', () => {
    const weights = [
      { helpful: 0.25, harmless: 0.75 },
      { helpful: 1, harmless: 0 },
    ];
    const scenario = scenarioOf({ count: 2, weights });
    assert.deepEqual(preferenceWeights(scenario, 0, 'client-1'), weights[0]);
    assert.deepEqual(preferenceWeights(scenario, 1, 'client-2'), weights[1]);
  });

  it('is what its name has, and for the others what weightHarmless says', () => {
    const byClient = { 'client-2': { helpful: 0.2, harmless: 0.8 } };
    const listed = scenarioOf({ count: 2, weights: { byClient }, weightHarmless: [0.25, 0.5] });
    assert.deepEqual(preferenceWeights(listed, 0, 'client-1'), { helpful: 0.75, harmless: 0.25 });
    assert.deepEqual(preferenceWeights(listed, 1, 'client-2'), byClient['client-2']);
    const drawn = scenarioOf({ count: 2, weights: { byClient } });
    assert.deepEqual(
      preferenceWeights(drawn, 0, 'client-1'),
      preferenceWeights(scenarioOf({ count: 2 }), 0, 'client-1'),
    );
  });

  it('is uniform on [0, 1] by default', () => {
    assertLaw(harmlessWeights({}, 100_000), (x) => x);
  });

  // The share of one of two parts is Beta distributed; these have elementary distribution functions.
  const laws: [concentrations: [number, number], law: string, cdf: (x: number) => number, mean: number][] = [
    [[1, 1], 'uniform on the simplex', (x) => x, 1 / 2],
    [[2, 1], 'Beta(1, 2)', (x) => 1 - (1 - x) ** 2, 1 / 3],
    [[0.5, 0.5], 'the arcsine law', (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x)), 1 / 2],
    [[2, 3], 'Beta(3, 2)', (x) => x ** 3 * (4 - 3 * x), 3 / 5],
  ];
  for (const [dirichlet, law, cdf, mean] of laws) {
    it(`has, with concentrations ${dirichlet.join(' and ')}, a weight of harmlessness by ${law}`, () => {
      const values = harmlessWeights({ weights: { dirichlet } }, 100_000);
      assertMean(statistics(values), mean);
      assertLaw(values, cdf);
    });
  }

  it('is all of one objective where the concentrations vanish, half of each where they are huge', () => {
    const extreme = harmlessWeights({ weights: { dirichlet: [0.001, 0.001] } }, 1000);
    // The density tends to a / (2 x (1 - x)): a share of a ln(10^6) = 0.0138 lies in between.
    assert.ok(extreme.filter((x) => x > 1e-6 && x < 1 - 1e-6).length < 40);
    assert.ok(
      harmlessWeights({ weights: { dirichlet: [1e6, 1e6] } }, 100).every((x) => Math.abs(x - 0.5) < 0.01),
    );
  });

  it('is not changed by a further client, and is another with another seed', () => {
    const weights = { dirichlet: [2, 2] };
    const [few, many] = [scenarioOf({ count: 2, weights }), scenarioOf({ count: 20, weights })];
    assert.deepEqual(preferenceWeights(few, 1, 'client-2'), preferenceWeights(many, 1, 'client-2'));
    assert.notDeepEqual(
      preferenceWeights(few, 1, 'client-2'),
      preferenceWeights(scenarioOf({ count: 2, weights }, 2), 1, 'client-2'),
    );
  });
});
