import assert from 'node:assert/strict';
import { densesOf } from '../../../src/learning/model/changes.js';
import { withTensors } from '../../../src/learning/model/lora-rank.js';
import { paramSet, tensorsOf, type ParamSet } from '../../../src/learning/params/param-set.js';
import { blank } from '../../../src/learning/params/memory.js';
import type { Update } from '../../../src/strategies/aggregation/aggregation.js';
import { aggregations } from '../../../src/strategies/aggregation/index.js';
import { combinations } from '../../../src/strategies/combination/index.js';
import { made } from '../../../src/strategies/strategy.js';

/*
 * One module with two inputs and two outputs. Client a has rank 1 and a quarter of the rows, client b rank 2 and three
 * quarters. A change is alpha / r · A · B; here all are over alpha.
 *
 *   a: [1 2]ᵀ [3 4] / 1         = [[3, 4], [6, 8]]
 *   b: [[1 0] [1 1]] [[2 0] [0 4]] / 2 = [[1, 0], [1, 2]]
 *   a quarter of a, three quarters of b: [[1.5, 1], [2.25, 3.5]]
 */
const lora = (rank: number, a: number[], b: number[]): ParamSet =>
  paramSet('lora', [
    { name: 'h.0.attn.q.lora_A', shape: [2, rank], values: a },
    { name: 'h.0.attn.q.lora_B', shape: [rank, 2], values: b },
  ]);
const a = lora(1, [1, 2], [3, 4]);
const b = lora(2, [1, 0, 1, 1], [2, 0, 0, 4]);
const meanOfChanges = [1.5, 1, 2.25, 3.5];
const zero = lora(2, [0, 0, 0, 0], [0, 0, 0, 0]);

const update = (client: string, params: ParamSet, rows: number): Update => ({
  ...{ client, params, rows, base: null, version: 0, staleness: 0, ageSeconds: 0, tier: null },
});
const updates = [update('a', a, 10), update('b', b, 30)];

function combined(name: keyof typeof combinations, global: ParamSet | null, given = updates) {
  const combine = made(combinations, name, { stalenessExponent: 0 });
  return combine({ global, updates: given, version: 0, clients: {}, memory: blank });
}

/** The product of a set's one module; `over` is what its LoRA divides by, its rank. */
const changeOf = (set: ParamSet, over = 1) => [...densesOf(set)[0]!.values].map((value) => value / over);

function near(found: readonly number[], expected: readonly number[], within = 1e-6) {
  assert.equal(found.length, expected.length);
  found.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) <= within, `${found.join()} at ${i}`));
}

const tensor = (set: ParamSet, role: 'A' | 'B') => [
  ...[...tensorsOf(set)].find(({ name }) => name.endsWith(`lora_${role}`))!.values,
];

describe('LoRA of several ranks', () => {
  it('is padded with zeros and truncated, and its change stays what it was', () => {
    const padded = withTensors(a, zero.tensors);
    near(tensor(padded, 'A'), [Math.SQRT2, 0, 2 * Math.SQRT2, 0]);
    near(tensor(padded, 'B'), [3 * Math.SQRT2, 4 * Math.SQRT2, 0, 0]);
    near(changeOf(padded, 2), changeOf(a));
    assert.deepEqual([...withTensors(padded, a.tensors).values].map(Math.round), [1, 2, 3, 4]);
    // The first component of b over its rank, [1 1]ᵀ [2 0] / 2.
    near(changeOf(withTensors(b, a.tensors)), [1, 0, 1, 0]);
  });

  it('that lacks a module cannot be cut to it', () => {
    const other = [{ name: 'h.1.attn.q.lora_A', shape: [2, 1] }];
    assert.throws(() => withTensors(a, other), /without h\.1\.attn\.q\.lora_A/);
  });

  it('is averaged by HetLoRA by the norms of the changes, √125 and √6', () => {
    const { global } = combined('zero-padded', zero);
    const [p, q] = [Math.sqrt(125), Math.sqrt(6)].map((norm) => norm / (Math.sqrt(125) + Math.sqrt(6))) as [
      number,
      number,
    ];
    near(tensor(global, 'A'), [p * Math.SQRT2 + q, 0, p * 2 * Math.SQRT2 + q, q]);
    near(tensor(global, 'B'), [p * 3 * Math.SQRT2 + 2 * q, p * 4 * Math.SQRT2, 0, 4 * q]);
  });

  it('that nobody has changed is averaged by HetLoRA alike', () => {
    const { global } = combined('zero-padded', zero, [
      update('a', lora(2, [1, 1, 1, 1], [0, 0, 0, 0]), 1),
      update('b', lora(2, [3, 3, 3, 3], [0, 0, 0, 0]), 9),
    ]);
    assert.deepEqual(tensor(global, 'A'), [2, 2, 2, 2]);
  });

  it('comes of FlexLoRA as the mean of the changes where the rank is full, and else as its best approximation', () => {
    const { global } = combined('low-rank-mean', zero);
    near(changeOf(global, 2), meanOfChanges);
    // Of [[0, 0], [4, 0]] + [[0, 3], [0, 0]] the best of rank 1 is the component of singular value 4.
    const two = [update('a', lora(1, [0, 2], [4, 0]), 1), update('b', lora(1, [2, 0], [0, 3]), 1)];
    const best = combined('low-rank-mean', zero, two).global;
    near(changeOf(best, 2), [0, 3, 4, 0]);
    near(changeOf(withTensors(best, a.tensors)), [0, 0, 4, 0]);
  });

  it('comes of FlexLoRA where the stack has more components than the module has outputs', () => {
    const many = Array.from({ length: 5 }, (_, k) => update(`c${k}`, k % 2 ? a : b, k % 2 ? 5 : 10));
    near(changeOf(combined('low-rank-mean', zero, many).global, 2), meanOfChanges);
  });

  it('stacks by FLoRA to exactly the mean of the changes', () => {
    const { global } = combined('stack', null);
    assert.equal(global.kind, 'change');
    assert.deepEqual(tensor(global, 'B'), [3, 4, 2, 0, 0, 4]);
    near(tensor(global, 'A'), [0.25, 0.375, 0, 0.5, 0.375, 0.375]);
    near(changeOf(global), meanOfChanges);
  });

  it('of which only some have a module is averaged over those', () => {
    const far = paramSet('lora', [
      { name: 'h.1.attn.q.lora_A', shape: [2, 1], values: [1, 0] },
      { name: 'h.1.attn.q.lora_B', shape: [1, 2], values: [0, 5] },
    ]);
    const { global } = combined('stack', null, [...updates, update('c', far, 1000)]);
    near(changeOf(global), meanOfChanges);
    near([...densesOf(global)[1]!.values], [0, 5, 0, 0]);
  });
});

describe('LoRA of one rank', () => {
  const c = lora(2, [0, 2, 1, 0], [1, 1, 2, 0]);
  const both = [update('b', b, 30), update('c', c, 10)];
  const product = (set: ParamSet) => changeOf(set, 2);
  const mean = product(b).map((value, i) => 0.75 * value + 0.25 * product(c)[i]!);

  it('is averaged exactly by FedEx-LoRA: the product of the means and the rest are the mean of the products', () => {
    const { global, change } = combined('mean-and-rest', zero, both);
    near(tensor(global, 'A'), [0.75, 0.5, 1, 0.75]);
    near(
      product(global).map((value, i) => value + changeOf(change!)[i]!),
      mean,
    );
    // Rank 2 · (2 + 1) of two inputs and two outputs would be 24 numbers; the change itself is four.
    assert.deepEqual(change!.tensors, [{ name: 'h.0.attn.q.change', shape: [2, 2] }]);
  });

  it('travels as factors of rank r (k + 1) where a change is larger', () => {
    const wide = (value: number) =>
      paramSet('lora', [
        { name: 'h.0.attn.q.lora_A', shape: [9, 1], values: Array<number>(9).fill(value) },
        { name: 'h.0.attn.q.lora_B', shape: [1, 9], values: Array<number>(9).fill(1) },
      ]);
    const { change } = combined('mean-and-rest', wide(0), [update('a', wide(1), 1), update('b', wide(2), 1)]);
    assert.deepEqual(
      change!.tensors.map(({ shape }) => shape),
      [
        [9, 3],
        [3, 9],
      ],
    );
  });

  it('is averaged exactly by FFA-LoRA, whose A is one for all', () => {
    const withB = (values: number[]) => lora(2, [1, 0, 1, 1], values);
    const pair = [update('a', withB([2, 0, 0, 4]), 30), update('b', withB([1, 1, 2, 0]), 10)];
    const fedavg = made(aggregations, 'fedavg', { stalenessExponent: 0 });
    const { global } = fedavg({ global: zero, updates: pair, version: 0, clients: {}, memory: blank });
    const [one, other] = pair.map(({ params }) => product(params)) as [number[], number[]];
    near(
      product(global),
      one.map((value, i) => 0.75 * value + 0.25 * other[i]!),
    );
  });
});
