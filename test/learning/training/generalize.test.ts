import assert from 'node:assert/strict';
import { generalize, interpolate } from '../../../src/learning/training/generalize.js';
import { perplexity } from '../../../src/learning/training/perplexity.js';
import { paramSet, tensorsOf, type ParamSet } from '../../../src/learning/params/param-set.js';
import { testBackend } from '../../backend.js';
import { tableOf, tinyBase, tinyLora, tinyShape } from './tiny-model.js';

const table = tableOf([
  [
    [1, 2],
    [3, 4, 11],
  ],
  [[5], [6, 11]],
]);
const other = tableOf([
  [
    [7, 8],
    [9, 11],
  ],
]);

const changed = (set: ParamSet, value: (old: number) => number) =>
  paramSet(
    set.kind,
    [...tensorsOf(set)].map(({ name, shape, values }) => ({ name, shape, values: values.map(value) })),
  );
/** LoRA that changes something: B of a fresh one is 0. */
const lora = changed(tinyLora(), (value) => value + 0.3);
const request = { key: 'key', seed: '', model: tinyShape, hyper: {} };

describe('a model on several tables', () => {
  before(testBackend);

  it('that knows nothing has a loss of ln 12 on each, with 12 tokens to choose from', async () => {
    const base = changed(tinyBase(), () => 0);
    const { metrics } = await generalize({
      ...request,
      kind: 'generalize',
      params: { base, tuned: {} },
      data: { table, other },
    });
    assert.deepEqual(Object.keys(metrics), ['table', 'other']);
    for (const { loss } of Object.values(metrics)) assert.ok(Math.abs(loss! - Math.log(12)) < 1e-6);
  });

  it('has a perplexity of text of 12 then: that of a fair draw', async () => {
    const base = changed(tinyBase(), () => 0);
    const { metrics } = await perplexity({
      ...request,
      kind: 'perplexity',
      params: { base, tuned: {} },
      data: { text: table },
    });
    assert.ok(Math.abs(metrics.perplexity! - 12) < 1e-4);
  });

  it('is, at share 0 of its only slot, the base model, and at share 1 the tuned one', async () => {
    const base = tinyBase();
    const of = async (tuned: Readonly<Record<string, ParamSet>>) =>
      (await generalize({ ...request, kind: 'generalize', params: { base, tuned }, data: { table } }))
        .metrics;
    const { metrics } = await interpolate({
      ...request,
      kind: 'interpolate',
      hyper: { mixtures: { 0: { lora: { share: 0 } }, 1: { lora: { share: 1 } } } },
      params: { base, tuned: { lora } },
      data: { table },
    });
    const [bare, tuned] = [await of({}), await of({ lora })];
    assert.notEqual(bare['table']!.loss, tuned['table']!.loss);
    assert.ok(Math.abs(metrics['0']!['table']!.loss! - bare['table']!.loss!) < 1e-6);
    assert.ok(Math.abs(metrics['1']!['table']!.loss! - tuned['table']!.loss!) < 1e-6);
  });
});
