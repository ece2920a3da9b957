import assert from 'node:assert/strict';
import { stream } from '../../../src/simulation/random/stream.js';
import type { Update } from '../../../src/strategies/aggregation/aggregation.js';
import { airError, receivedMean } from '../../../src/strategies/over-the-air/received-mean.js';
import type { Reception } from '../../../src/strategies/over-the-air/reception.js';
import { assertMean, statisticsOf } from '../../radio/channel/sample-statistics.js';
import { aggregatedBy, listed, set, update } from '../aggregation/literal-lists.js';

const values = 4;
const everybody = ['a', 'b', 'c'];

const updates: readonly Update[] = [
  update('a', { w: [1, -2, 3, 0.5] }, { rows: 10 }),
  update('b', { w: [2, 1, -1, 0.25] }, { rows: 20 }),
  update('c', { w: [-1, 4, 2, 8] }, { rows: 30 }),
];

function receptionOf(changes: Partial<Reception> = {}): Reception {
  return {
    tensors: [{ name: 'w', shape: [values] }],
    blocks: [{ from: 0, to: values, active: everybody }],
    snr: 10,
    fullWeight: changes.weighting === 'equal' ? 1 : 30,
    weighting: 'rows',
    of: 'weights',
    ...changes,
  };
}

const heard = (reception: Reception, key: number, global = set({ w: [9, 9, 9, 9] })) =>
  receivedMean({ global, updates, reception }, stream(1, 'air', key));

describe('The mean that is received over the air', () => {
  it('is FedAvg’s to the last bit without noise and with everybody heard', () => {
    const fedavg = aggregatedBy('fedavg', { updates }).global;
    assert.deepEqual(listed(heard(receptionOf({ snr: Infinity }), 1)), listed(fedavg));
  });

  it('is the plain mean’s where all have one weight', () => {
    const uniform = aggregatedBy('uniform', { updates }).global;
    const reception = receptionOf({ snr: Infinity, weighting: 'equal' });
    assert.deepEqual(listed(heard(reception, 1)), listed(uniform));
  });

  it('is over those who were heard in a block; where nobody was, the global model’s value stays', () => {
    const blocks = [
      { from: 0, to: 1, active: ['a', 'b'] },
      { from: 1, to: 2, active: [] },
      { from: 2, to: 4, active: ['c'] },
    ];
    const silent = receptionOf({ snr: Infinity, blocks });
    // (10 · 1 + 20 · 2) / 30, the global 9, then c's own values
    assert.deepEqual(listed(heard(silent, 1)), { w: [Math.fround(5 / 3), 9, 2, 8] });
    // What clients changed of 9: nothing is changed by the silent
    assert.deepEqual(listed(heard({ ...silent, of: 'deltas' }, 1)), { w: [Math.fround(5 / 3), 9, 2, 8] });
  });

  it('leaves a client out of tensors that it does not hold', () => {
    const unequal = [update('a', { w: [1], v: [3] }), update('b', { w: [5] })];
    const tensors = ['w', 'v'].map((name) => ({ name, shape: [1] }));
    const blocks = [{ from: 0, to: 2, active: ['a', 'b'] }];
    const reception = receptionOf({ tensors, blocks, snr: Infinity, fullWeight: 1 });
    const mean = receivedMean({ global: null, updates: unequal, reception }, stream(1, 'air'));
    assert.deepEqual(listed(mean), { w: [3], v: [3] });
  });

  it('errs as the formula says: sd^2 / (rho A^2) and what the silent left out, within three standard errors', () => {
    const blocks = [
      { from: 0, to: 2, active: everybody },
      { from: 2, to: 3, active: ['b'] },
      { from: 3, to: 4, active: [] },
    ];
    for (const weighting of ['rows', 'equal'] as const) {
      for (const of of ['weights', 'deltas'] as const) {
        const reception = receptionOf({ blocks, weighting, of });
        const global = set({ w: [0.5, 0, 1, 2] });
        const full = listed(aggregatedBy(weighting === 'rows' ? 'fedavg' : 'uniform', { updates }).global)[
          'w'
        ]!;
        const errors = statisticsOf(20_000, (key) => {
          const mean = heard(reception, key, global).values;
          return full.reduce((sum, value, i) => sum + (mean[i]! - value) ** 2, 0) / values;
        });
        const { noise, truncation, unheard } = airError({ global, updates, reception });
        assertMean(errors, noise + truncation);
        assert.equal(unheard, 0.25);
      }
    }
  });

  it('has the noise that a reader computes by hand', () => {
    // The means are 2.5/4, 2.25/4 and 13/4, together 17.75/12; the spread is about that; A = (10 + 20 + 30) / 30 = 2.
    const square = [updates[0]!, updates[1]!, updates[2]!]
      .map(({ params }) => [...params.values].reduce((sum, x) => sum + (x - 17.75 / 12) ** 2, 0) / 4)
      .reduce((sum, each) => sum + each / 3, 0);
    const { noise, truncation } = airError({ global: null, updates, reception: receptionOf() });
    assert.ok(Math.abs(noise - square / (10 * 4)) < 1e-12);
    assert.equal(truncation, 0);
  });

  it('errs less by the factor by which rho grows, and by the square of the number of those heard', () => {
    const errorOf = (changes: Partial<Reception>) =>
      airError({ global: null, updates, reception: receptionOf({ weighting: 'equal', ...changes }) }).noise;
    assert.ok(Math.abs(errorOf({ snr: 10 }) / errorOf({ snr: 40 }) - 4) < 1e-12);
    const one = errorOf({ blocks: [{ from: 0, to: values, active: ['a'] }] });
    assert.ok(Math.abs(one / errorOf({}) - 9) < 1e-12);
  });

  it('is the same for the same key, and not for another', () => {
    assert.deepEqual(heard(receptionOf(), 1), heard(receptionOf(), 1));
    assert.notDeepEqual(heard(receptionOf(), 1), heard(receptionOf(), 2));
  });
});
