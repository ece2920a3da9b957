import assert from 'node:assert/strict';
import fc from 'fast-check';
import { aggregatedBy, globalBy, listed, set, update, wBy } from './literal-lists.js';

const floats = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 20 });

describe('FedAsync', () => {
  const global = { w: [10] };
  const late = (staleness: number, w = 20) => [update('a', { w: [w] }, { staleness })];

  it('mixes an update into the global model, a stale one less', () => {
    // 0.4·10 + 0.6·20; τ = 3: s = (1 + 3)^-½, α = 0.3: 0.7·10 + 0.3·20
    assert.deepEqual(wBy('fedasync', { global, updates: late(0) }), [16]);
    assert.deepEqual(wBy('fedasync', { global, updates: late(3) }), [13]);
    assert.deepEqual(wBy('fedasync', { global, updates: late(3) }, { staleness: 'constant' }), [16]);
  });

  it('by the hinge counts less only beyond b, and then by 1/(a (τ − b) + 1)', () => {
    const by = (staleness: number) =>
      wBy('fedasync', { global, updates: late(staleness) }, { staleness: 'hinge' });
    // τ = 7: s = 1/11; without the + 1 it would be 1/10, with τ + b 1/131.
    assert.deepEqual(by(6), [16]);
    assert.deepEqual(by(7), [Math.fround(10 + (0.6 / 11) * 10)]);
    assert.deepEqual(by(8), [Math.fround(10 + (0.6 / 21) * 10)]);
  });

  it('starts from α for every update: neither staleness nor the number of clients is left in it', () => {
    const first = aggregatedBy('fedasync', { global, updates: late(3) });
    const clients = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`${i}`, { rows: 1, orders: 1, isAsked: true }]),
    );
    const given = { global: { w: [10] }, updates: late(3), memory: first.memory, clients };
    assert.deepEqual(wBy('fedasync', given), [13]);
  });

  it('takes several one after the other, the oldest first', () => {
    const updates = [update('a', { w: [0] }), update('b', { w: [20] }, { staleness: 3 })];
    // b: 13; a: 0.4·13 + 0.6·0
    assert.deepEqual(wBy('fedasync', { global, updates }), [Math.fround(5.2)]);
  });

  it('with one client and α 1 gives that client’s weights bit for bit', () => {
    fc.assert(
      fc.property(floats, fc.float(), (values, old) => {
        const before = { w: values.map(() => old) };
        const updates = [update('a', { w: values })];
        const { global } = aggregatedBy('fedasync', { global: before, updates }, { alpha: 1 });
        assert.deepEqual(global, set({ w: values }));
      }),
    );
  });

  it('leaves what an update does not hold, and takes what is new as it is', () => {
    const updates = [update('a', { w: [20], new: [7] })];
    const made = globalBy('fedasync', { global: { w: [10], v: [3] }, updates });
    assert.deepEqual(made, { w: [16], v: [3], new: [7] });
  });
});

describe('FedBuff', () => {
  const updates = [
    update('a', { w: [12] }, { base: { w: [10] } }),
    update('b', { w: [5] }, { base: { w: [1] }, staleness: 3 }),
  ];

  it('adds the deltas, stale ones less, divided by their number', () => {
    // (1·2 + ½·4)/2. Divided by the weights it would be 4/1.5, against the current model (2 − 2.5)/2.
    assert.deepEqual(wBy('fedbuff', { global: { w: [10] }, updates }), [12]);
    assert.deepEqual(wBy('fedbuff', { global: { w: [10] }, updates }, { rate: 0.5 }), [11]);
    // Without staleness (2 + 4)/2
    assert.deepEqual(wBy('fedbuff', { global: { w: [10] }, updates }, {}, 0), [13]);
  });

  it('does not count rows', () => {
    const boasting = updates.map((each, i) => ({ ...each, rows: 1 + 100 * i }));
    assert.deepEqual(wBy('fedbuff', { global: { w: [10] }, updates: boasting }), [12]);
  });

  it('of all clients in time is the synchronous mean of deltas, bit for bit', () => {
    const lists = fc.integer({ min: 1, max: 5 }).chain((length) => {
      const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
        minLength: length,
        maxLength: length,
      });
      return fc.tuple(values, fc.array(values, { minLength: 1, maxLength: 8 }));
    });
    fc.assert(
      fc.property(lists, ([base, sent]) => {
        const all = sent.map((w, i) => update(`c${i}`, { w }, { base: { w: base } }));
        const given = { global: { w: base }, updates: all };
        const [buffered, mean] = [
          aggregatedBy('fedbuff', given),
          aggregatedBy('uniform', given, { of: 'deltas' }),
        ];
        assert.deepEqual(buffered.global, mean.global);
      }),
    );
  });
});

describe('CA2FL', () => {
  const clients = Object.fromEntries(
    ['a', 'b', 'c', 'd'].map((id) => [id, { rows: 1, orders: 1, isAsked: true }]),
  );
  const changed = (client: string, delta: number) =>
    update(client, { w: [10 + delta] }, { base: { w: [10] }, staleness: 2 });

  it('adds the mean of all clients’ last changes, as they were before, to what is new in these', () => {
    const memory = { sets: { a: set({ w: [1] }), b: set({ w: [3] }) }, notes: {} };
    // h = (1 + 3 + 0 + 0)/4 = 1; v = 1 + (5 − 1)/1. With the new h_a it would be (5 + 3)/4 + 4.
    const first = aggregatedBy('ca2fl', { global: { w: [0] }, updates: [changed('a', 5)], clients, memory });
    assert.deepEqual(listed(first.global), { w: [5] });
    assert.deepEqual(listed(first.memory.sets['a']), { w: [5] });
    assert.deepEqual(listed(first.memory.sets['b']), { w: [3] });
    // h = (5 + 3)/4 = 2; v = 2 + ((3 − 3) + (2 − 0))/2
    const updates = [changed('b', 3), changed('c', 2)];
    const given = { global: { w: [5] }, updates, clients, memory: first.memory };
    const second = aggregatedBy('ca2fl', given);
    assert.deepEqual(listed(second.global), { w: [8] });
    assert.deepEqual(Object.keys(second.memory.sets).sort(), ['a', 'b', 'c']);
    assert.deepEqual(wBy('ca2fl', given, { rate: 2 }), [11]);
  });

  it('before anything is cached is the plain mean of deltas', () => {
    const updates = [changed('a', 1), changed('b', 4)];
    assert.deepEqual(wBy('ca2fl', { global: { w: [10] }, updates, clients }), [12.5]);
  });
});

describe('Port', () => {
  const global = { w: [10, 10] };

  it('is the mean of deltas by rows where all are in time', () => {
    const updates = [
      update('a', { w: [14, 10] }, { base: global }),
      update('b', { w: [10, 18] }, { base: global, rows: 3 }),
    ];
    assert.deepEqual(wBy('port', { global, updates }), [11, 16]);
  });

  it('weighs a stale delta by B/(τ + B), and by whether it goes where the model went', () => {
    const fresh = update('a', { w: [10, 14] }, { base: global });
    // τ = B: 1/2. The model went (4, 0) since: with it 1/2 + 1, across it 1/2 + 1/2, against it 1/2 + 0; fresh 1 + 1.
    const stale = (w: readonly number[]) => update('b', { w }, { base: { w: [6, 10] }, staleness: 10 });
    const by = (w: readonly number[]) => wBy('port', { global, updates: [fresh, stale(w)] });
    assert.deepEqual(by([13, 10]), [10 + (1.5 * 7) / 3.5, Math.fround(10 + 8 / 3.5)]);
    assert.deepEqual(by([6, 16]), [10, Math.fround(10 + (2 * 4 + 6) / 3)]);
    assert.deepEqual(by([1, 10]), [10 - (0.5 * 5) / 2.5, Math.fround(10 + 8 / 2.5)]);
  });

  it('counts no angle as agreement: nothing was changed, or the model has not moved', () => {
    const fresh = update('a', { w: [10, 14] }, { base: global });
    const idle = update('b', { w: [6, 10] }, { base: { w: [6, 10] }, staleness: 10 });
    const unmoved = update('b', { w: [10, 10] }, { base: global, staleness: 10 });
    for (const other of [idle, unmoved]) {
      assert.deepEqual(wBy('port', { global, updates: [fresh, other] }), [10, Math.fround(10 + 8 / 3.5)]);
    }
  });
});

describe('SAFA', () => {
  const clients = {
    a: { rows: 1, orders: 1, isAsked: true },
    b: { rows: 1, orders: 1, isAsked: true },
    c: { rows: 2, orders: 1, isAsked: true },
  };

  it('averages the cache over all clients by their rows, an update entering before', () => {
    // The others count with the global model of the beginning: (4 + 8 + 2·8)/4
    const first = aggregatedBy('safa', { global: { w: [8] }, updates: [update('a', { w: [4] })], clients });
    assert.deepEqual(listed(first.global), { w: [7] });
    // (4 + 0 + 2·8)/4, not with the global 7 of now.
    const next = { updates: [update('b', { w: [0] }, { version: 8 })], clients, version: 8 };
    const second = aggregatedBy('safa', { ...next, global: { w: [7] }, memory: first.memory });
    assert.deepEqual(listed(second.global), { w: [5] });
  });

  it('replaces an entry that lags more than the bound by the global model', () => {
    const options = { bound: 1 };
    const beginning = { global: { w: [8] }, updates: [update('b', { w: [0] })], clients };
    // (8 + 0 + 2·8)/4
    const first = aggregatedBy('safa', beginning, options);
    assert.deepEqual(listed(first.global), { w: [6] });
    // One version later all entries are within the bound: (4 + 0 + 2·8)/4
    const at8 = { updates: [update('a', { w: [4] }, { version: 8 })], clients, version: 8 };
    const second = aggregatedBy('safa', { ...at8, global: { w: [6] }, memory: first.memory }, options);
    assert.deepEqual(listed(second.global), { w: [5] });
    // Two versions later b and c are not: (4 + 5 + 2·5)/4, where a sends the same again.
    const at9 = { updates: [update('a', { w: [4] }, { version: 9 })], clients, version: 9 };
    const third = aggregatedBy('safa', { ...at9, global: { w: [5] }, memory: second.memory }, options);
    assert.deepEqual(listed(third.global), { w: [4.75] });
  });

  it('is the mean over those who sent something where there is no global model yet', () => {
    const updates = [update('a', { w: [4] }), update('c', { w: [10] })];
    // (1·4 + 2·10)/3
    assert.deepEqual(wBy('safa', { updates, clients }), [8]);
  });
});

describe('FedAT', () => {
  const global = { w: [0] };
  const of = (tier: number, w: number) => update(`of tier ${tier}`, { w: [w] }, { tier });
  const tiers = { tiers: 2 };

  it('weights a tier with the updates of the tier at the other end', () => {
    const first = aggregatedBy('fedat', { global, updates: [of(1, 10)] }, tiers);
    // T = (1, 0): (0/1)·10 + (1/1)·0
    assert.deepEqual(listed(first.global), { w: [0] });
    const second = aggregatedBy('fedat', { global, updates: [of(1, 12)], memory: first.memory }, tiers);
    assert.deepEqual(second.memory.notes, { 'tier 1': 2, 'tier 2': 0 });
    // T = (2, 1): (1/3)·12 + (2/3)·6; with their own numbers it would be (2/3)·12 + (1/3)·6
    const third = aggregatedBy('fedat', { global, updates: [of(2, 6)], memory: second.memory }, tiers);
    assert.deepEqual(listed(third.global), { w: [8] });
  });

  it('averages within a tier by rows, and counts that as one update of the tier', () => {
    const updates = [
      update('a', { w: [10] }, { tier: 1, rows: 3 }),
      update('b', { w: [2] }, { tier: 1 }),
      update('c', { w: [20] }, { tier: 2 }),
    ];
    const made = aggregatedBy('fedat', { global, updates }, tiers);
    // w_1 = (3·10 + 2)/4 = 8, w_2 = 20, T = (1, 1)
    assert.deepEqual(listed(made.global), { w: [14] });
    assert.deepEqual(made.memory.notes, { 'tier 1': 1, 'tier 2': 1 });
  });

  it('keeps the tensors of a tier that its next updates lack, and begins those that only it holds', () => {
    const before = { w: [0], v: [6] };
    const updates = [update('a', { w: [10], new: [5] }, { tier: 1 })];
    const first = aggregatedBy('fedat', { global: before, updates }, tiers);
    assert.deepEqual(listed(first.memory.sets['tier 1']), { w: [10], v: [6], new: [5] });
    // T = (1, 0): w and v are those of tier 2, new is in tier 1 alone.
    assert.deepEqual(listed(first.global), { w: [0], v: [6], new: [5] });
  });

  it('refuses an update of no tier, or of one beyond the last', () => {
    for (const tier of [null, 0, 3]) {
      assert.throws(
        () => wBy('fedat', { global, updates: [update('a', { w: [1] }, { tier })] }, tiers),
        new RegExp(`^RangeError: a is in tier ${tier}, fedat has tiers 1 to 2$`),
      );
    }
  });
});
