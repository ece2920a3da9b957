import assert from 'node:assert/strict';
import { baseWeights } from '../../../src/learning/model/weights.js';
import type { ParamSet } from '../../../src/learning/params/param-set.js';
import { copyOf } from '../../../src/learning/training/instruct.js';
import { rehearsal } from '../../../src/learning/training/rehearsal.js';
import { readLogProbs, withPolicy } from '../../../src/learning/training/rollout.js';
import { testBackend } from '../../backend.js';
import { referenceModel, referenceShape as shape } from '../model/reference-model.js';
import { tableOf, type Row } from './tables.js';

const { base, adapters, lora } = referenceModel();
const rows: readonly Row[] = [
  { tokens: [9, 1, 2, 3, 4, 10], response: 2, content: [3, 5] },
  { tokens: [9, 5, 6, 10], response: 2, content: [2, 3] },
];
const cut: Row = { tokens: [9, 5, 6, 7], response: 4, content: [4, 4] };

/** Gradients of zeros, plus what a step of rehearsal adds to them. */
function added(table: readonly Row[], coefficient: number) {
  const gradients = {
    adapters: new Float32Array(adapters.values.length),
    lora: new Float32Array(lora.values.length),
  };
  const options = { table: tableOf(table), rows: rows.length, coefficient, seed: 'seed' };
  const phase = { shape, trains: ['adapters', 'lora'] };
  rehearsal(phase, baseWeights(base), { adapters, lora }, options)(gradients);
  return gradients;
}

/** Mean negative log-likelihood of the content tokens, row by row and by another way through the model. */
function loss(sets: { adapters: ParamSet; lora: ParamSet }): number {
  const answers = rows.map(({ tokens, content }) => ({
    tokens: Int32Array.from(tokens.slice(0, content![1])),
    response: content![0],
  }));
  const logProbs = withPolicy(shape, base, sets, (policy) =>
    answers.flatMap((answer) => [...readLogProbs(policy, [answer], 1)[0]!]),
  );
  return -logProbs.reduce((sum, logProb) => sum + logProb, 0) / logProbs.length;
}

describe('rehearsal', () => {
  before(testBackend);

  it('adds coefficient times the gradient of what answers say, by finite differences', () => {
    const gradients = added(rows, 0.5);
    for (const part of ['adapters', 'lora'] as const) {
      const largest = gradients[part]
        .map(Math.abs)
        .reduce((best, value, i, all) => (value > all[best]! ? i : best), 0);
      const shifted = (by: number) => {
        const sets = { adapters: copyOf(adapters), lora: copyOf(lora) };
        sets[part].values[largest]! += by;
        return loss(sets);
      };
      const step = 2e-3;
      const slope = (shifted(step) - shifted(-step)) / (2 * step);
      const found = gradients[part][largest]!;
      assert.ok(Math.abs(found - 0.5 * slope) < 0.01 * Math.abs(found), `${part}: ${found}, ${0.5 * slope}`);
    }
  });

  it('leaves out rows whose answer was cut away', () => {
    assert.deepEqual(added([...rows, cut], 1), added(rows, 1));
  });

  it('adds nothing without rows, without answers and with a coefficient of 0', () => {
    for (const gradients of [added([], 1), added([cut], 1), added(rows, 0)]) {
      assert.ok([...gradients.adapters, ...gradients.lora].every((value) => value === 0));
    }
  });
});
