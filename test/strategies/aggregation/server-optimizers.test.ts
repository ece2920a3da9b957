import assert from 'node:assert/strict';
import { blank, type Memory } from '../../../src/learning/params/memory.js';
import { aggregatedBy, globalBy, listed, update, wBy } from './literal-lists.js';

type Name = 'fedavgm' | 'fedadagrad' | 'fedadam' | 'fedyogi';

/** The global w after each of some versions from 0, in each of which one client changed it by so much. */
function trajectory(name: Name, deltas: readonly number[], options: object): readonly number[] {
  let [w, memory]: [number, Memory] = [0, blank];
  return deltas.map((delta) => {
    const updates = [update('a', { w: [w + delta] }, { base: { w: [w] } })];
    const made = aggregatedBy(name, { global: { w: [w] }, updates, memory }, { ...options });
    [w, memory] = [made.global.values[0]!, made.memory];
    return w;
  });
}

function close(actual: readonly number[], expected: readonly number[]): void {
  actual.forEach((x, i) => assert.ok(Math.abs(x - expected[i]!) < 1e-6, `${x}, expected ${expected[i]}`));
  assert.equal(actual.length, expected.length);
}

describe('FedAvgM', () => {
  it('has a rate and a momentum', () => {
    // v = 2, w = 0.5·2 = 1; v = 0.9·2 + 1 = 2.8, w = 1 + 0.5·2.8
    close(trajectory('fedavgm', [2, 1], { rate: 0.5 }), [1, 2.4]);
  });

  it('without momentum at rate 1 is the mean of deltas', () => {
    const updates = [
      update('a', { w: [2] }, { base: { w: [0] }, rows: 3 }),
      update('b', { w: [14] }, { base: { w: [10] } }),
    ];
    const given = { global: { w: [10] }, updates };
    // 10 + (3·2 + 1·4)/4; alike 10 + (2 + 4)/2
    assert.deepEqual(wBy('fedavgm', given, { momentum: 0 }), [12.5]);
    assert.deepEqual(wBy('fedavgm', given, { momentum: 0 }), wBy('fedavg', given, { of: 'deltas' }));
    assert.deepEqual(wBy('fedavgm', given, { momentum: 0, weighting: 'equal' }), [13]);
  });

  it('keeps the velocity of a tensor that no update of a version holds', () => {
    const base = { u: [0], v: [0] };
    const first = aggregatedBy('fedavgm', {
      global: base,
      updates: [update('a', { u: [1], v: [2] }, { base })],
    });
    const second = aggregatedBy('fedavgm', {
      global: { u: [1], v: [2] },
      updates: [update('a', { u: [1] }, { base: { u: [1], v: [2] } })],
      memory: first.memory,
    });
    // The task leaves v as it is. u: velocity 0.9·1 + 0
    assert.deepEqual(listed(second.global), { u: [Math.fround(1.9)] });
    assert.deepEqual(listed(second.memory.sets['velocity']), { u: [Math.fround(0.9)], v: [2] });
  });
});

describe('FedAdam', () => {
  it('corrects nothing for the start, begins at v = τ², and adds τ to the root', () => {
    // τ = 1: v stays 0.99·1 + 0.01·1 = 1. m = 0.1, w = 0.1·0.1/(1 + 1); m = 0.19, w + 0.1·0.19/2.
    // With the start corrected the first step would be 0.1·1/(10 + 1) or more; from v = 0 it would be
    // 0.1·0.1/(0.1 + 1); with τ under the root 0.1·0.1/√2.
    close(trajectory('fedadam', [1, 1], { tau: 1 }), [0.005, 0.0145]);
  });
});

describe('FedAdagrad', () => {
  it('sums the squares, without momentum', () => {
    // τ = 3: v = 9 + 16 = 25, w = 4/(5 + 3); v = 25 + 144 = 169, w + 12/(13 + 3)
    close(trajectory('fedadagrad', [4, 12], { rate: 1, tau: 3 }), [0.5, 1.25]);
  });
});

describe('FedYogi', () => {
  it('moves v towards the square by a share of the square, not of the difference', () => {
    // β₂ = ¼, τ = 1: v = 1 + ¾·4 = 4, w = 2/(2 + 1); Δ² = 1 < 4: v = 4 − ¾·1, w + 1/(√3.25 + 1).
    // Adam's v would be ¼·1 + ¾·4 = 3.25 at once.
    const options = { rate: 1, beta1: 0, beta2: 0.25, tau: 1 };
    close(trajectory('fedyogi', [2, 1], options), [2 / 3, 2 / 3 + 1 / (Math.sqrt(3.25) + 1)]);
  });

  it('leaves v where it equals the square', () => {
    const options = { rate: 1, beta1: 0, beta2: 0.25, tau: 1 };
    close(trajectory('fedyogi', [1, 1], options), [0.5, 1]);
  });
});

describe('a server’s optimiser', () => {
  it('takes as pseudo-gradient what clients changed since their own download', () => {
    const updates = [update('a', { w: [4] }, { base: { w: [0] }, staleness: 2 })];
    // Δ = 4, not 4 − 100: 100 + 4/(5 + 3)
    const options = { rate: 1, tau: 3 };
    assert.deepEqual(wBy('fedadagrad', { global: { w: [100] }, updates }, options), [100.5]);
  });

  it('begins a tensor that the global model does not hold yet with the mean, at no rate', () => {
    for (const name of ['fedavgm', 'fedadagrad', 'fedadam', 'fedyogi'] as const) {
      const updates = [update('a', { w: [3] }), update('b', { w: [5] }, { rows: 3 })];
      assert.deepEqual(globalBy(name, { updates }, { rate: 0.01 }), { w: [4.5] }, name);
    }
  });
});
