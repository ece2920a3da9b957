import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stream, type Stream } from '../../../src/simulation/random/stream.js';
import { cohortSize } from '../../../src/strategies/selection/selection.js';
import { selections } from '../../../src/strategies/selection/index.js';

const select = (name: keyof typeof selections, among: readonly string[], fraction: number, draw: Stream) =>
  selections[name].make({})(
    { clients: among, size: cohortSize(fraction, among.length), version: 0, history: {}, profiles: {} },
    draw,
  );

const clients = (count: number) => Array.from({ length: count }, (_, i) => `client-${i}`);

describe('selection', () => {
  it('"all" takes every client', () => {
    assert.deepEqual(select('all', clients(3), 0.1, stream(1)), ['client-0', 'client-1', 'client-2']);
  });

  it('"random" takes the share asked for, rounded up, each once and in the order of the clients', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 100 }),
        fc.nat(),
        (n, cents, seed) => {
          const all = clients(n);
          const cohort = select('random', all, cents / 100, stream(seed));
          assert.equal(cohort.length, Math.ceil((cents * n) / 100));
          assert.deepEqual(
            cohort,
            all.filter((client) => cohort.includes(client)),
          );
        },
      ),
    );
  });

  it('"random" does not take one too many where the product of share and number is rounded up', () => {
    // 0.07 * 100 is 7.000000000000001 in floating point.
    assert.equal(select('random', clients(100), 0.07, stream(1)).length, 7);
  });

  it('"random" takes each client equally often over the rounds', () => {
    const taken = new Map<string, number>();
    for (let round = 1; round <= 6000; round++) {
      for (const client of select('random', clients(5), 0.4, stream(1, 'selection', round))) {
        taken.set(client, (taken.get(client) ?? 0) + 1);
      }
    }
    // Binomial(6000, 0.4): 4 standard deviations are 152.
    for (const count of taken.values()) assert.ok(Math.abs(count - 2400) < 152);
    assert.equal(taken.size, 5);
  });

  it('"random" depends on its stream alone', () => {
    const cohort = (round: number) => select('random', clients(20), 0.5, stream(7, 'selection', round));
    assert.deepEqual(cohort(3), cohort(3));
    assert.notDeepEqual(cohort(3), cohort(4));
  });
});
