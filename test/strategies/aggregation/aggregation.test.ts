import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Update } from '../../../src/strategies/aggregation/aggregation.js';
import type { aggregations } from '../../../src/strategies/aggregation/index.js';
import { stalenessWeight } from '../../../src/strategies/aggregation/staleness.js';
import { aggregatedBy, set, update as updateOf, type Tensors } from './literal-lists.js';

const update = (client: string, rows: number, tensors: Tensors, staleness = 0): Update =>
  updateOf(client, tensors, { rows, staleness });
const by = (name: keyof typeof aggregations) => (updates: readonly Update[]) =>
  aggregatedBy(name, { updates }).global;
const fedavg = by('fedavg');
const uniform = by('uniform');

describe('aggregation', () => {
  it('by "uniform" is the mean', () => {
    const updates = [update('a', 1, { w: [1, 10] }), update('b', 9, { w: [3, 30] })];
    assert.deepEqual(uniform(updates), set({ w: [2, 20] }));
  });

  it('by "fedavg" weights each client by its rows', () => {
    const updates = [update('a', 1, { w: [1, 10] }), update('b', 3, { w: [5, 50] })];
    // (1·1 + 3·5)/4 and (1·10 + 3·50)/4
    assert.deepEqual(fedavg(updates), set({ w: [4, 40] }));
  });

  it('averages each tensor over the clients that hold it', () => {
    const updates = [
      update('a', 2, { 'h.0.q': [1], 'h.1.q': [10] }),
      update('b', 2, { 'h.0.q': [3] }),
      update('c', 4, { 'h.0.q': [5], 'h.0.k': [7] }),
    ];
    // (2·1 + 2·3 + 4·5)/8; what one client alone holds stays as it is.
    assert.deepEqual(fedavg(updates), set({ 'h.0.q': [3.5], 'h.1.q': [10], 'h.0.k': [7] }));
  });

  it('counts an update that is s rounds late (1 + s)^-a', () => {
    assert.equal(stalenessWeight(0, 0.5), 1);
    assert.equal(stalenessWeight(3, 0.5), 0.5);
    assert.equal(stalenessWeight(3, 0), 1);
    const updates = [update('a', 1, { w: [6] }), update('b', 1, { w: [0] }, 3)];
    // (1·6 + 0.5·0)/1.5
    assert.deepEqual(uniform(updates), set({ w: [4] }));
    assert.deepEqual(fedavg(updates), set({ w: [4] }));
  });

  it('keeps a single update bit for bit, of whatever weight', () => {
    const floats = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
    fc.assert(
      fc.property(floats, fc.constantFrom(1, 2, 64, 1024), (values, rows) => {
        const updates = [update('a', rows, { w: values.map((x) => x + 0) })];
        assert.deepEqual(fedavg(updates), set({ w: values.map((x) => x + 0) }));
      }),
    );
  });

  it('gives the same bits in whatever order the updates come', () => {
    const updates = fc.uniqueArray(
      fc.record({
        client: fc.string({ maxLength: 3 }),
        rows: fc.integer({ min: 1, max: 500 }),
        staleness: fc.nat(3),
        values: fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 }),
        extra: fc.boolean(),
      }),
      { selector: ({ client }) => client, minLength: 1, maxLength: 10 },
    );
    const orders = updates.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
    );
    const asUpdates = (
      rows: readonly { client: string; rows: number; staleness: number; values: number[]; extra: boolean }[],
    ) =>
      rows.map(({ client, rows: count, staleness, values, extra }) =>
        update(client, count, { w: values, ...(extra ? { [`only ${client}`]: values } : {}) }, staleness),
      );
    fc.assert(
      fc.property(orders, ([one, other]) => {
        for (const aggregate of [fedavg, uniform]) {
          assert.deepEqual(aggregate(asUpdates(one)), aggregate(asUpdates(other)));
        }
      }),
    );
  });

  it('rounds once: a sum that float32 cannot hold is held', () => {
    // In float32 2^24 + 1 is 2^24 again, and the mean would be 2^24 / 4.
    const updates = ['a', 'b', 'c', 'd'].map((client, i) =>
      update(client, 1, { w: [i === 0 ? 2 ** 24 : 1] }),
    );
    assert.deepEqual(uniform(updates), set({ w: [Math.fround((2 ** 24 + 3) / 4)] }));
    assert.notEqual(Math.fround((2 ** 24 + 3) / 4), 2 ** 22);
  });

  it('refuses nothing, no weight, and what does not fit together', () => {
    assert.throws(() => fedavg([]), /no update/);
    assert.throws(() => fedavg([update('a', 0, { w: [1] })]), /no weight/);
    assert.throws(
      () => uniform([update('a', 1, { w: [1] }), update('b', 1, { w: [1, 2] })]),
      /b sent w as \[2\], others as \[1\]/,
    );
    const adapters = { ...update('b', 1, {}), params: { ...set({}), kind: 'adapters' as const } };
    assert.throws(() => uniform([update('a', 1, {}), adapters]), /b sent adapters, a lora/);
  });
});
