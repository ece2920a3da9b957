import assert from 'node:assert/strict';
import { blank } from '../../../src/learning/params/memory.js';
import { onto } from '../../../src/strategies/aggregation/kept-tensors.js';
import { aggregatedBy, globalBy, listed, set, update, wBy } from './literal-lists.js';

describe('a mean of deltas', () => {
  it('adds to the global model what each client changed since its own download', () => {
    const updates = [
      update('a', { w: [2] }, { base: { w: [0] }, staleness: 1 }),
      update('b', { w: [14] }, { base: { w: [10] } }),
    ];
    // Deltas 2 and 4, weights 1 without a staleness exponent: 10 + 3; of weights (2 + 14)/2.
    assert.deepEqual(wBy('uniform', { global: { w: [10] }, updates }, { of: 'deltas' }, 0), [13]);
    assert.deepEqual(wBy('uniform', { global: { w: [10] }, updates }, {}, 0), [8]);
  });

  it('weights like the mean of weights: by rows, and late ones less', () => {
    const base = { w: [10] };
    const updates = [
      update('a', { w: [13] }, { base, rows: 1 }),
      update('b', { w: [16] }, { base, rows: 4, staleness: 3 }),
    ];
    // Weights 1·1 and 4·(1 + 3)^-½ = 2: 10 + (1·3 + 2·6)/3
    assert.deepEqual(wBy('fedavg', { global: { w: [10] }, updates }, { of: 'deltas' }), [15]);
    // Weights 1 and ½: 10 + (3 + 3)/1.5
    assert.deepEqual(wBy('uniform', { global: { w: [10] }, updates }, { of: 'deltas' }), [14]);
  });

  it('takes a tensor from those who downloaded it, and the mean of one that nobody could download yet', () => {
    const updates = [
      update('a', { w: [3], new: [4] }, { base: { w: [1] } }),
      // Downloaded before the global model had a w.
      update('b', { w: [100], new: [8] }, { base: {}, staleness: 1 }),
    ];
    // w: 1 + 2; new: (4 + 8)/2
    const global = globalBy('uniform', { global: { w: [1] }, updates }, { of: 'deltas' }, 0);
    assert.deepEqual(global, { w: [3], new: [6] });
    const first = [update('a', { w: [3] }), update('b', { w: [5] })];
    assert.deepEqual(globalBy('uniform', { updates: first }, { of: 'deltas' }), { w: [4] });
  });
});

describe('the mean by inverse probability', () => {
  it('counts a client whose late update is at hand among those who were asked, even where nobody else was', () => {
    const clients = { a: { rows: 2, orders: 1, isAsked: false }, b: { rows: 3, orders: 1, isAsked: false } };
    // One order, one update: p = 1, so that 4 stays 4; b was not asked and does not count.
    const updates = [update('a', { w: [4] }, { rows: 2 })];
    assert.deepEqual(wBy('inverse-probability', { global: { w: [0] }, updates, clients }), [4]);
  });

  const ofRows = (rows: number, orders = 4) => ({ rows, orders, isAsked: true });
  const clients = { a: ofRows(1), b: ofRows(1), c: { ...ofRows(7), isAsked: false } };
  const global = { w: [0] };
  const updates = [update('a', { w: [1] }), update('b', { w: [3] })];
  const memory = { sets: {}, notes: { a: 3, b: 1 } };

  it('divides a weight by the share of its client’s orders that came to an update', () => {
    // a: p = (3 + 1)/4 = 1; b: p = (1 + 1)/4 = ½. n = 2 of a and b, c was not asked: (1·1 + 2·3)/2
    const made = aggregatedBy('inverse-probability', { global, updates, clients, memory });
    assert.deepEqual([...made.global.values], [3.5]);
    assert.deepEqual(made.memory, { sets: {}, notes: { a: 4, b: 2 } });
    // Normalised: (1·1 + 2·3)/(1 + 2)
    const options = { normalized: true };
    const given = { global, updates, clients, memory };
    assert.deepEqual(wBy('inverse-probability', given, options), [Math.fround(7 / 3)]);
  });

  it('divides by the rows of all who were asked, answers or none', () => {
    const rows = { a: ofRows(2), b: ofRows(6) };
    const alone = [update('a', { w: [4] }, { rows: 2 })];
    // p = (3 + 1)/4: (2/8)·4; alike (1/2)·4
    const given = { global, updates: alone, clients: rows, memory };
    assert.deepEqual(wBy('inverse-probability', given), [1]);
    assert.deepEqual(wBy('inverse-probability', given, { weighting: 'equal' }), [2]);
  });

  it('counts no probability below the least, and is FedAvg where everybody answers', () => {
    const given = { global: { w: [9] }, updates, clients, memory };
    assert.deepEqual(wBy('inverse-probability', given, { least: 1 }), [2]);
    const always = { sets: {}, notes: { a: 3, b: 3 } };
    assert.deepEqual(wBy('inverse-probability', { ...given, memory: always }), [2]);
    assert.deepEqual(wBy('fedavg', given), [2]);
  });

  it('has a client on a bad link move the model as far as the others in the long run', () => {
    // Each update of a moves u by 1, each of b v; b comes in every fourth version alone.
    let remembered = blank;
    const base = { u: [0], v: [0] };
    const sums = { u: 0, v: 0, ofPlainMean: 0 };
    for (let version = 0; version < 4000; version++) {
      const both = [update('a', { u: [1], v: [0] }, { base }), update('b', { u: [0], v: [1] }, { base })];
      const sent = version % 4 === 3 ? both : both.slice(0, 1);
      const asked = { a: ofRows(1, version + 1), b: ofRows(1, version + 1) };
      const given = { global: base, updates: sent, clients: asked, memory: remembered, version };
      const made = aggregatedBy('inverse-probability', given, { of: 'deltas' });
      remembered = made.memory;
      sums.u += made.global.values[0]!;
      sums.v += made.global.values[1]!;
      sums.ofPlainMean += globalBy('uniform', given, { of: 'deltas' })['v']![0]!;
    }
    assert.deepEqual([sums.u, sums.v], [2000, 2000]);
    assert.equal(sums.ofPlainMean, 500);
  });

  it('is of deltas where the scenario says so', () => {
    const base = { w: [1] };
    const moved = [update('a', { w: [1] }, { base }), update('b', { w: [4] }, { base })];
    // 10 + (1·0 + 2·3)/2
    const given = { global: { w: [10] }, updates: moved, clients, memory };
    assert.deepEqual(wBy('inverse-probability', given, { of: 'deltas' }), [13]);
  });
});

describe('a mean of updates that came in part', () => {
  const global = { w: [1], v: [10], u: [5] };
  const base = global;
  const updates = [
    update('a', { w: [3], v: [20] }, { base, rows: 1 }),
    update('b', { w: [9] }, { base, rows: 2 }),
    update('c', { v: [50] }, { base, rows: 3 }),
  ];

  it('is of each tensor over those who brought it, with their weights alone', () => {
    // w: (1·3 + 2·9)/3; v: (1·20 + 3·50)/4; nobody brought u.
    assert.deepEqual(globalBy('fedavg', { global, updates }), { w: [7], v: [42.5] });
    assert.deepEqual(globalBy('uniform', { global, updates }), { w: [6], v: [35] });
    assert.deepEqual(globalBy('fedavg', { global, updates }, { of: 'deltas' }), { w: [7], v: [42.5] });
  });

  it('stands in the model in its order, with what nobody brought as it was', () => {
    const made = aggregatedBy('fedavg', { global, updates: [updates[2]!, updates[1]!] }).global;
    assert.deepEqual(Object.entries(listed(onto(set(global), made))), [
      ['w', [9]],
      ['v', [50]],
      ['u', [5]],
    ]);
  });

  it('leaves the velocity of a tensor that nobody brought as it was', () => {
    const velocity = set({ w: [1], v: [1], u: [1] });
    const made = aggregatedBy(
      'fedavgm',
      { global, updates, memory: { sets: { velocity }, notes: {} } },
      { momentum: 0.5, weighting: 'equal' },
    );
    // w: 0.5 + (2 + 8)/2; v: 0.5 + (10 + 40)/2
    assert.deepEqual(listed(made.memory.sets['velocity']), { w: [5.5], v: [25.5], u: [1] });
    assert.deepEqual(listed(made.global), { w: [6.5], v: [35.5] });
  });
});
