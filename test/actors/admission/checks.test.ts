import assert from 'node:assert/strict';
import type { Upload } from '../../../machines/events.js';
import type { Arrived, Expected } from '../../../src/actors/admission/check.js';
import { checks, rejectionBy } from '../../../src/actors/admission/index.js';
import { normOf } from '../../../src/actors/admission/norm.js';
import { paramSet, type ParamSet } from '../../../src/learning/params/param-set.js';
import { checkNames } from '../../../src/records/fate.js';

const set = (values: readonly number[], name = 'a', shape: readonly number[] = [values.length]) =>
  paramSet('lora', [
    { name, shape, values },
    { name: 'b', shape: [1], values: [7] },
  ]);

const upload: Upload = {
  ...{ direction: 'up', kind: 'update', answers: { stage: 'instruction', version: 3, order: 1 } },
  startedFrom: { base: null, helpful: null, harmless: null },
  ...{ params: {}, rows: 5, loss: 0.5 },
};
const right: Arrived = { from: 'client-2', upload, sets: { lora: set([1, 2]) }, inPart: false };
const expected: Expected = {
  isClient: (name) => ['client-1', 'client-2'].includes(name),
  ...{ isAsked: true, maxNorm: null },
  tensors: { lora: set([1, 2]).tensors },
  starts: {},
};
const check = (update: Partial<Arrived>, other: Partial<Expected> = {}) =>
  rejectionBy(checks, { ...right, ...update }, { ...expected, ...other });
const withUpload = (other: Partial<Upload>) => ({ upload: { ...upload, ...other } });
const withSet = (lora: ParamSet, inPart = false) => ({ sets: { lora }, inPart });

describe('the checks of an update', () => {
  it('are those that records can name, each once', () => {
    assert.deepEqual(
      checks.map(({ name }) => name),
      checkNames,
    );
  });

  it('pass what is as it should be, and a loss that could not be measured', () => {
    assert.equal(check({}), null);
    assert.equal(check(withUpload({ loss: null })), null);
  });

  it('client: nobody else may send it, nor a client in another name', () => {
    assert.deepEqual(check({ from: 'mallory' }), {
      check: 'client',
      why: 'mallory is no client of the run',
    });
    assert.deepEqual(check(withUpload({ inNameOf: 'client-1' })), {
      check: 'client',
      why: 'it says that it is of client-1, and came from client-2',
    });
    assert.equal(check(withUpload({ inNameOf: 'client-2' })), null);
  });

  it('order: it answers one that its client was given, by the kind that is there for it', () => {
    assert.deepEqual(check({}, { isAsked: false }), {
      check: 'order',
      why: 'client-2 was never given the order instruction 3 1',
    });
    assert.match(check(withUpload({ kind: 'helpful-update' }))!.why, /answers no order of instruction/);
  });

  it('tensors: its parts, their names, shapes and order', () => {
    const wrong: readonly (readonly [Partial<Arrived>, RegExp])[] = [
      [{ sets: {} }, /^lora is missing$/],
      [{ sets: { ...right.sets, base: set([1]) } }, /^it has base, which nobody asked for$/],
      [withSet(set([1, 2], 'c')), /^lora has c \[2\] where a \[2\] belongs$/],
      [withSet(set([1, 2], 'a', [2, 1])), /^lora has a \[2, 1\] where a \[2\] belongs$/],
      [withSet(set([1, 2, 3])), /^lora has a \[3\] where a \[2\] belongs$/],
      [
        withSet(paramSet('lora', [{ name: 'a', shape: [2], values: [1, 2] }])),
        /^lora has nothing where b \[1\]/,
      ],
    ];
    for (const [update, why] of wrong) {
      const found = check(update);
      assert.equal(found?.check, 'tensors');
      assert.match(found.why, why);
    }
  });

  it('tensors: of a part of an update some may be missing, and none be another', () => {
    const b = paramSet('lora', [{ name: 'b', shape: [1], values: [7] }]);
    assert.equal(check(withSet(b, true)), null);
    assert.equal(check({ sets: {}, inPart: true }), null);
    const other = paramSet('lora', [{ name: 'c', shape: [1], values: [7] }]);
    assert.equal(check(withSet(other, true))?.check, 'tensors');
    const twice = paramSet('lora', [
      { name: 'b', shape: [1], values: [7] },
      { name: 'b', shape: [1], values: [7] },
    ]);
    assert.equal(check(withSet(twice, true))?.check, 'tensors');
  });

  it('type: float32, and as many values as the shapes take', () => {
    const { kind, tensors } = set([1, 2]);
    const double = { kind, tensors, values: new Float64Array(3) } as unknown as ParamSet;
    assert.deepEqual(check(withSet(double)), { check: 'type', why: 'lora is not float32' });
    const short = { kind, tensors, values: new Float32Array(2) };
    assert.deepEqual(check(withSet(short)), { check: 'type', why: 'lora has 2 values, its shapes take 3' });
  });

  it('finite: every value, and the loss', () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      assert.deepEqual(check(withSet(set([1, value]))), {
        check: 'finite',
        why: `lora tensor a is ${value} at index 1`,
      });
      assert.deepEqual(check(withUpload({ loss: value })), { check: 'finite', why: `its loss is ${value}` });
    }
  });

  it('norm: of the change against what its work began with, over all parts', () => {
    const starts = { lora: set([-2, 6]) };
    // 3 and -4 in tensor a, 0 in tensor b.
    assert.equal(normOf(right, { starts }), 5);
    assert.equal(check({}, { starts, maxNorm: 5 }), null);
    assert.deepEqual(check({}, { starts, maxNorm: 4.9 }), {
      check: 'norm',
      why: 'the norm of its change is 5.000, 4.900 at most',
    });
  });
});
