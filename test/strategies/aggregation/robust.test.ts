import assert from 'node:assert/strict';
import type { aggregations } from '../../../src/strategies/aggregation/index.js';
import {
  aggregatedBy,
  globalBy,
  listed,
  set,
  update,
  updatesOf,
  wBy,
  type Tensors,
} from './literal-lists.js';

const ones = (values: readonly number[]) => updatesOf(values.map((value) => [value]));

describe('the coordinate median', () => {
  it('is the middle of each coordinate, the mean of the two middles of an even number', () => {
    assert.deepEqual(
      wBy('coordinate-median', {
        updates: updatesOf([
          [1, 10],
          [2, -50],
          [9, 20],
        ]),
      }),
      [2, 10],
    );
    assert.deepEqual(wBy('coordinate-median', { updates: ones([100, 1, 4, 2]) }), [3]);
  });

  it('has a client that lacks a tensor vote for the global model, or for the median where that lacks it', () => {
    const updates = [update('a', { w: [1], new: [1] }), update('b', { w: [9], new: [3] }), update('c', {})];
    // w: of 1, 9 and the global 5; new: c is taken to have the median 2 of 1 and 3.
    assert.deepEqual(globalBy('coordinate-median', { global: { w: [5] }, updates }), { w: [5], new: [2] });
  });

  it('of deltas is added to the global model, and late clients are measured by their own start', () => {
    const updates = [
      update('a', { w: [11] }, { base: { w: [10] } }),
      update('b', { w: [5] }, { base: { w: [2] }, staleness: 1 }),
      update('c', { w: [19] }, { base: { w: [10] } }),
    ];
    // Deltas 1, 3, 9; of weights 5, 11, 19.
    assert.deepEqual(wBy('coordinate-median', { global: { w: [10] }, updates }, { of: 'deltas' }), [13]);
    assert.deepEqual(wBy('coordinate-median', { global: { w: [10] }, updates }), [11]);
  });
});

describe('the trimmed mean', () => {
  it('drops the share on each side, rounded down', () => {
    // Two of ten on each side: (3 + … + 8)/6. Two of eleven, 2.2, too: (3 + … + 9)/7
    assert.deepEqual(wBy('trimmed-mean', { updates: ones([1, 2, 3, 4, 5, 6, 7, 8, 9, 1000]) }), [5.5]);
    assert.deepEqual(wBy('trimmed-mean', { updates: ones([-9, 2, 3, 4, 5, 6, 7, 8, 9, 1000, 99]) }), [6]);
  });

  it('drops 29 of 100 at a share of 0.29, whose product is 28.999999999999996 in floating point', () => {
    const squares = Array.from({ length: 100 }, (_, i) => i * i);
    const updates = squares.map((square, i) => update(`c${i}`, { w: [square] }));
    // Σ i² from 29 to 70 is 70·71·141/6 − 28·29·57/6 = 116795 − 7714
    assert.deepEqual(wBy('trimmed-mean', { updates }, { share: 0.29 }), [Math.fround(109081 / 42)]);
  });

  it('refuses a list of which it would not drop all that may be bad', () => {
    assert.throws(
      () => wBy('trimmed-mean', { updates: ones([1, 2, 3, 4]) }),
      /^RangeError: trimmed-mean has 4 updates and needs at least 5$/,
    );
  });
});

describe('Krum', () => {
  it('takes the least sum of squared distances to the n − f − 2 nearest', () => {
    // f = 1, n = 5: two neighbours. 0: 9 + 9; 8.125: 0.25 + 26.3; 8.625: 0.25 + 31.6; 3: 9 + 26.3; −3: 9 + 36.
    // Distances that are not squared would give 8.125 (0.5 + 5.125 < 6); those to all four others, or n − f,
    // would give 3 (9 + 36 + 26.3 + 31.6 = 102.9, for 0: 9 + 9 + 66.0 + 74.4 = 158.4).
    assert.deepEqual(wBy('krum', { updates: ones([-3, 0, 3, 8.125, 8.625]) }), [0]);
  });

  it('takes one client’s whole update: the distance is over all tensors as one vector', () => {
    const values: readonly [number, number][] = [
      [0, 0],
      [1, 30],
      [2, 1],
      [30, 2],
      [-30, -30],
    ];
    const updates = values.map(([u, v], i) => update('abcde'[i]!, { u: [u], v: [v] }));
    // c: 5 to a, 785 to d, 790 in all; a: 5 + 901; b: 842 + 901; d: 785 + 904; e: 1800 + 1985.
    // By u alone b would win (1 + 1), by v alone c: together (1, 1), which nobody sent.
    assert.deepEqual(globalBy('krum', { updates }), { u: [2], v: [1] });
  });

  it('gives the chosen client’s parameters bit for bit, and of equals those of the first', () => {
    const updates = [...ones([0.1, 0.1, 0.1, 7, 9])].reverse();
    assert.deepEqual(aggregatedBy('krum', { updates }).global, set({ w: [0.1] }));
    const twice = [-0, 1, 1, 0, 7].map((x, i) => update('abcde'[i]!, { w: [x] }));
    // Everybody of the first four has 0 + 1.
    assert.ok(Object.is(wBy('krum', { updates: twice })[0], -0));
  });

  it('refuses fewer than 2f + 3 updates', () => {
    for (const [byzantine, least] of [
      [0, 3],
      [1, 5],
      [2, 7],
    ] as const) {
      const updates = ones(Array.from({ length: least }, (_, i) => i));
      assert.equal(wBy('krum', { updates }, { byzantine }).length, 1);
      assert.throws(
        () => wBy('krum', { updates: updates.slice(1) }, { byzantine }),
        new RegExp(`^RangeError: krum has ${least - 1} updates and needs at least ${least}$`),
      );
    }
  });
});

describe('multi-Krum', () => {
  const updates = ones([1, 1, 4, 100, -100]);

  it('is the mean of the best by one scoring: equal updates count each, n − f of them by default', () => {
    // Scores: 0 + 9, 0 + 9, 9 + 9, 96² + 99², 101² + 101². Three: (1 + 1 + 4)/3; as a set it would be 2.5.
    assert.deepEqual(wBy('multi-krum', { updates }, { keep: 3 }), [2]);
    assert.deepEqual(wBy('multi-krum', { updates }), [Math.fround(106 / 4)]);
    assert.deepEqual(wBy('multi-krum', { updates }, { keep: 1 }), wBy('krum', { updates }));
  });

  it('counts survivors alike, whatever rows they say they have', () => {
    const boasting = updates.map((each, i) => ({ ...each, rows: i === 2 ? 1e6 : 1 }));
    assert.deepEqual(wBy('multi-krum', { updates: boasting }, { keep: 3 }), [2]);
  });

  it('refuses fewer than 2f + 3 updates, and to keep more than all but f', () => {
    assert.throws(
      () => wBy('multi-krum', { updates: updates.slice(1) }),
      /has 4 updates and needs at least 5/,
    );
    assert.throws(() => wBy('multi-krum', { updates }, { keep: 5 }), /has 5 updates and needs at least 6/);
  });
});

describe('Bulyan', () => {
  it('picks by Krum again and again, then takes what is nearest to the median', () => {
    // f = 1, n = 7: θ = 5 and β = 3. Krum picks 2 of seven (1 + 1 + 4 + 9 = 15), 5 of the six left
    // (1 + 4 + 4 = 9), 1 of {0, 1, 3, 6, 7} (1 + 4), 6 of {0, 3, 6, 7} (1, as 7), 0 of {0, 3, 7} (9, as 3).
    // {0, 1, 2, 5, 6}: nearest to 2 are 0, 1 and 2. The five best of one scoring, {1, 2, 3, 5, 6}, would give 2.
    assert.deepEqual(wBy('bulyan', { updates: ones([0, 1, 2, 3, 5, 6, 7]) }), [1]);
  });

  it('refuses fewer than 4f + 3 updates', () => {
    const refusal = /^RangeError: bulyan has 6 updates and needs at least 7$/;
    assert.throws(() => wBy('bulyan', { updates: ones([1, 2, 3, 4, 5, 6]) }), refusal);
  });
});

describe('the geometric median', () => {
  const updates = ones([0, 0, 9]);

  it('goes from the mean by Weiszfeld’s steps, weights over distances', () => {
    // From 3: distances 3, 3, 6, weights 2 : 2 : 1, 9/5. Then 1.8, 1.8, 7.2: 4 : 4 : 1, 1. Then 1, 1, 8: 9/17.
    assert.deepEqual(wBy('geometric-median', { updates }, { iterations: 1 }), [Math.fround(9 / 5)]);
    assert.deepEqual(wBy('geometric-median', { updates }, { iterations: 2 }), [1]);
    assert.deepEqual(wBy('geometric-median', { updates }), [Math.fround(9 / 17)]);
  });

  it('counts a distance below ν as ν', () => {
    // From 9/5: max(3, 1.8), max(3, 1.8), 7.2: weights 2.4 : 2.4 : 1, 9/5.8.
    const options = { iterations: 2, smoothing: 3 };
    assert.deepEqual(wBy('geometric-median', { updates }, options), [Math.fround(9 / 5.8)]);
    // On a point that a client sent the distance is 0.
    assert.deepEqual(wBy('geometric-median', { updates: ones([4, 4]) }), [4]);
  });

  it('counts clients by rows, or all alike', () => {
    const two = [update('a', { w: [0] }, { rows: 2 }), update('b', { w: [9] }, { rows: 1 })];
    assert.deepEqual(wBy('geometric-median', { updates: two }), [Math.fround(9 / 17)]);
    assert.deepEqual(wBy('geometric-median', { updates: two }, { weighting: 'equal' }), [4.5]);
  });

  it('measures distances over all tensors as one vector', () => {
    const corners = [
      update('a', { u: [0], v: [0] }),
      update('b', { u: [6], v: [0] }),
      update('c', { u: [0], v: [8] }),
    ];
    // From (2, 8/3): distances √(4 + 64/9), √(16 + 64/9), √(4 + 256/9).
    const [a, b, c] = [100 / 9, 208 / 9, 292 / 9].map((squared) => 1 / Math.sqrt(squared));
    const { u, v } = globalBy('geometric-median', { updates: corners }, { iterations: 1 });
    assert.ok(Math.abs(u![0]! - (6 * b!) / (a! + b! + c!)) < 1e-6);
    assert.ok(Math.abs(v![0]! - (8 * c!) / (a! + b! + c!)) < 1e-6);
  });
});

describe('norm clipping', () => {
  it('cuts each change to a length over all tensors, and leaves shorter ones', () => {
    const base = { u: [10], v: [10] };
    const updates = [
      update('a', { u: [13], v: [14] }, { base }),
      update('b', { u: [10.5], v: [10] }, { base }),
    ];
    // (3, 4) has norm 5 and becomes (0.6, 0.8), (0.5, 0) stays: the mean (0.55, 0.4). By tensor: (1 + 0.5)/2.
    const made = globalBy('norm-clipping', { global: base, updates });
    assert.deepEqual(made, { u: [Math.fround(10.55)], v: [Math.fround(10.4)] });
  });

  it('counts by rows, or all alike, and cuts to the given length', () => {
    const base = { w: [0] };
    const updates = [update('a', { w: [8] }, { base, rows: 3 }), update('b', { w: [1] }, { base })];
    // Cut to 2: (3·2 + 1·1)/4; alike (2 + 1)/2
    assert.deepEqual(wBy('norm-clipping', { global: base, updates }, { longest: 2 }), [1.75]);
    const options = { longest: 2, weighting: 'equal' };
    assert.deepEqual(wBy('norm-clipping', { global: base, updates }, options), [1.5]);
  });
});

describe('centered clipping', () => {
  const from = (w: number) => [
    update('a', { w: [w + 0.5] }, { base: { w: [w] } }),
    update('b', { w: [w + 10] }, { base: { w: [w] } }),
  ];

  it('starts at the last aggregate, which it remembers, and at 0 before the first', () => {
    // Around 0: 0.5 and 10, cut to 1: v = 0.75. Around 0.75: −0.25 and 9.25, cut to 1: v = 0.75 + 0.375.
    const first = aggregatedBy('centered-clipping', { global: { w: [0] }, updates: from(0) }, { radius: 1 });
    assert.deepEqual(listed(first.global), { w: [0.75] });
    const given = { global: { w: [0.75] }, updates: from(0.75), memory: first.memory };
    const second = aggregatedBy('centered-clipping', given, { radius: 1 });
    assert.deepEqual(listed(second.global), { w: [1.875] });
    assert.deepEqual(listed(second.memory.sets['center']), { w: [1.125] });
  });

  it('takes as many steps for each version as it is told', () => {
    const options = { radius: 1, iterations: 2 };
    const made = wBy('centered-clipping', { global: { w: [0] }, updates: from(0) }, options);
    assert.deepEqual(made, [1.125]);
  });
});

describe('f poisoned of ten', () => {
  /** Seven to nine honest clients near (1, −2), the rest far away, all at one place. */
  const poisoned = (f: number, poison: readonly number[]) =>
    Array.from({ length: 10 }, (_, i) =>
      i < f ? poison : [1 + Math.sin(3 * i) / 10, -2 + Math.cos(5 * i) / 10],
    );
  const isHonest = ([x, y]: readonly number[]) => Math.abs(x! - 1) <= 0.1 && Math.abs(y! + 2) <= 0.1;
  const cases: [name: keyof typeof aggregations, f: number, options: object][] = [
    ['coordinate-median', 4, {}],
    ['trimmed-mean', 2, { share: 0.2, byzantine: 2 }],
    ['krum', 3, { byzantine: 3 }],
    ['multi-krum', 3, { byzantine: 3 }],
    ['bulyan', 1, { byzantine: 1 }],
    ['geometric-median', 3, { iterations: 100 }],
  ];

  for (const [name, f, options] of cases) {
    it(`do not move ${name} with f = ${f} out of what the honest sent`, () => {
      for (const poison of [
        [100, 100],
        [-100, 1],
        [1.2, -1.8],
        [1e6, -1e6],
      ]) {
        const base: Tensors = { w: [0, 0] };
        const updates = updatesOf(poisoned(f, poison), base['w']);
        for (const of of ['weights', 'deltas']) {
          const w = wBy(name, { global: base, updates }, { ...options, of });
          const nearby = Math.abs(poison[0]! - 1) < 0.3;
          if (nearby) assert.ok(Math.abs(w[0]! - 1) <= 0.2 && Math.abs(w[1]! + 2) <= 0.2, `${w.join()}`);
          else assert.ok(isHonest(w), `${w.join()} by ${poison.join()}`);
        }
      }
    });
  }

  it('move the mean', () => {
    assert.ok(!isHonest(wBy('fedavg', { updates: updatesOf(poisoned(1, [100, 100])) })));
  });
});
