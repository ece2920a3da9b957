import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { initialAdapters } from '../../../src/learning/model/adapters.js';
import { initialLora } from '../../../src/learning/model/lora.js';
import type { TunedSets } from '../../../src/learning/model/slots.js';
import { cachedTensors } from '../../../src/learning/model/weights.js';
import { paramSet, refOf, tensorsOf } from '../../../src/learning/params/param-set.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { evaluate } from '../../../src/learning/training/evaluate.js';
import { instruct } from '../../../src/learning/training/instruct.js';
import { pretrain } from '../../../src/learning/training/pretrain.js';
import type { TaskRequest } from '../../../src/learning/training/task.js';
import { referenceModel, referenceRows, referenceShape as model } from '../model/reference-model.js';
import { reference } from '../model/reference.js';
import { testBackend } from '../../backend.js';
import { tableOf } from './tables.js';

/** "Answer with the two tokens of the prompt in reverse, then 10." */
const rowsOfTrain = Array.from({ length: 20 }, (_, i) => {
  const [a, b] = [i % 5, 5 + (i % 4)];
  return { tokens: [9, a, b, 9, b, a, 10], response: 4 };
});
const train = tableOf(rowsOfTrain);
const empty = tableOf([]);
const { base, adapters, lora } = referenceModel();

function instructRequest(tuned: TunedSets): TaskRequest<'instruct'> {
  const hyper = {
    localSteps: 40,
    batchSize: 8,
    learningRate: 1e-2,
    optimizer: 'adam' as const,
    loraLearningRateScale: 1,
    maxGradientNorm: 1,
  };
  return {
    kind: 'instruct',
    key: 'key',
    seed: 'seed',
    model,
    hyper,
    params: { base, tuned },
    data: { train, validation: train },
  };
}

const fresh = {
  adapters: initialAdapters(model, stream('adapters')),
  lora: initialLora(model, 6, stream('lora')),
};

describe('instruct', () => {
  before(testBackend);

  it('lowers the loss with adapters and LoRA, with either, and leaves its input as it was', async () => {
    for (const tuned of [fresh, { adapters: fresh.adapters }, { lora: fresh.lora }]) {
      const hashes = [fresh.adapters, fresh.lora].map((set) => refOf(set).hash);
      const request = instructRequest(tuned);
      const before = await evaluate({
        ...request,
        kind: 'evaluate',
        hyper: { facts: [] },
        data: { test: train, shared: empty },
      });
      const { output, metrics } = await instruct(request);
      assert.ok(
        metrics.validationLoss! < before.metrics.loss! - 0.1,
        `${metrics.validationLoss}, ${before.metrics.loss}`,
      );
      assert.deepEqual(Object.keys(output.tuned), Object.keys(tuned));
      assert.deepEqual(
        [fresh.adapters, fresh.lora].map((set) => refOf(set).hash),
        hashes,
      );
    }
  });

  it('gives equal bits for equal requests, and others for another seed', async () => {
    const request = instructRequest(fresh);
    const [first, second] = [await instruct(request), await instruct(request)];
    const other = await instruct({ ...request, seed: 'other' });
    const hashOf = ({ output }: typeof first, part: string) => refOf(output.tuned[part]!).hash;
    assert.equal(hashOf(first, 'adapters'), hashOf(second, 'adapters'));
    assert.equal(hashOf(first, 'lora'), hashOf(second, 'lora'));
    assert.deepEqual(first.metrics, second.metrics);
    assert.notEqual(hashOf(first, 'adapters'), hashOf(other, 'adapters'));
  });

  it('keeps LoRA where its learning rate is scaled by 0', async () => {
    const request = instructRequest(fresh);
    const { output } = await instruct({ ...request, hyper: { ...request.hyper, loraLearningRateScale: 0 } });
    assert.equal(refOf(output.tuned['lora']!).hash, refOf(fresh.lora).hash);
    assert.notEqual(refOf(output.tuned['adapters']!).hash, refOf(fresh.adapters).hash);
  });

  it('in two tasks of 5 steps is one of 10, where the moments are kept and the batches are equal', async () => {
    const all = { train: tableOf(rowsOfTrain.slice(0, 8)), validation: empty };
    const request = (steps: number, more: object = {}) => {
      const asked = instructRequest(fresh);
      return { ...asked, data: all, hyper: { ...asked.hyper, localSteps: steps, ...more } };
    };
    const parts = ['adapters', 'lora'] as const;
    const { output: whole } = await instruct(request(10));
    const { output: first } = await instruct(request(5, { optimizers: { parts, notes: {} } }));
    const { sets, notes } = first.optimizers!;
    const again = (more: object, moments?: typeof sets) => {
      const asked = request(5, more);
      const { tuned } = first;
      return instruct({ ...asked, params: { ...asked.params, tuned, ...(moments && { moments }) } });
    };
    const { output: kept } = await again({ optimizers: { parts, notes } }, sets);
    const { output: anew } = await again({});
    assert.deepEqual(notes, { adapters: 5, lora: 5 });
    assert.deepEqual(kept.optimizers!.notes, { adapters: 10, lora: 10 });
    for (const part of parts) {
      const off = (other: typeof whole) =>
        Math.max(
          ...whole.tuned[part]!.values.map((value, i) => Math.abs(value - other.tuned[part]!.values[i]!)),
        );
      assert.ok(off(kept) < 1e-5, `${part}: ${off(kept)}`);
      assert.ok(off(anew) > 1e-3, `${part} anew: ${off(anew)}`);
      // A task that keeps moments does what one does that begins anew.
      const { output: alike } = await instruct(request(5));
      assert.equal(refOf(first.tuned[part]!).hash, refOf(alike.tuned[part]!).hash);
    }
    assert.ok(!('optimizers' in anew));
  });

  it('leaves no tensor behind but the cached base', async () => {
    const before = tf.memory().numTensors - cachedTensors();
    await instruct(instructRequest(fresh));
    assert.equal(tf.memory().numTensors - cachedTensors(), before);
  });
});

describe('evaluate', () => {
  before(testBackend);
  const rows = referenceRows.map(({ tokens, firstTarget }) => ({
    tokens: [...tokens],
    response: firstTarget,
  }));

  function request(
    shared: TaskRequest<'evaluate'>['data']['shared'],
    facts: readonly number[] = [],
  ): TaskRequest<'evaluate'> {
    const data = { test: tableOf(rows), shared };
    return {
      kind: 'evaluate',
      key: 'key',
      seed: 'seed',
      model,
      hyper: { facts },
      params: { base, tuned: { adapters, lora } },
      data,
    };
  }

  it('reports the loss that PyTorch computes', async () => {
    const { metrics } = await evaluate(request(empty));
    assert.ok(Math.abs(metrics.loss! - reference.loss) < 1e-5);
    assert.equal(metrics.sharedAccuracy, null);
  });

  it('counts nothing as right where a score is NaN, and gives the loss as NaN', async () => {
    const spoiled = (name: string, index: number) =>
      paramSet(
        'base',
        [...tensorsOf(base)].map((tensor) =>
          tensor.name === name ? { ...tensor, values: tensor.values.with(index, NaN) } : tensor,
        ),
      );
    // All scores; then those of one token alone, which few rows have.
    const ofToken8 = model.config.n_embd * 8;
    for (const params of [spoiled('ln_f.weight', 0), spoiled('wte.weight', ofToken8)]) {
      const asked = request(tableOf(rows), [0]);
      const { metrics } = await evaluate({ ...asked, params: { ...asked.params, base: params } });
      const { loss, ...accuracies } = metrics;
      assert.equal(loss, NaN);
      assert.deepEqual(Object.values(accuracies), [0, 0, 0, 0]);
    }
  });

  it('counts content tokens only, in what others were taught', async () => {
    const greedy = await evaluate(request(tableOf(rows)));
    assert.equal(greedy.metrics.sharedAccuracy, greedy.metrics.accuracy);
    const one = rows.map((row) => ({ ...row, content: [row.response, row.response + 1] as const }));
    const { metrics } = await evaluate(request(tableOf(one)));
    assert.ok([0, 1 / 3, 2 / 3, 1].includes(metrics.sharedAccuracy!));
  });

  describe('of a model that was trained to know some rows by heart', () => {
    const known = [
      { tokens: [1, 2, 3, 4, 10], response: 2 },
      { tokens: [5, 6, 7, 10], response: 1 },
    ];
    const few = tableOf(known);
    let params: TaskRequest<'evaluate'>['params'];
    before(async () => {
      const rates = { learningRate: 1e-2, warmupSteps: 0, maxGradientNorm: 1 };
      const steps = { steps: 150, batchSize: 4, seed: 1 };
      const base = await pretrain({ config: model.config, rows: few, ...steps, ...rates });
      params = { base, tuned: {} };
    });

    it('gives accuracy 1', async () => {
      const { metrics } = await evaluate({ ...request(few), params, data: { test: few, shared: few } });
      assert.deepEqual([metrics.accuracy, metrics.sharedAccuracy], [1, 1]);
    });

    it('tells facts from other rows, each with an accuracy of its own, and null where there are none', async () => {
      // Six response tokens that are known, and one in whose place another one is.
      const test = tableOf([{ tokens: [1, 2, 7], response: 2 }, ...known]);
      const ask = async (facts: readonly number[]) => {
        const { metrics } = await evaluate({
          ...request(empty, facts),
          params,
          data: { test, shared: empty },
        });
        return [metrics.factAccuracy, metrics.unseenAccuracy, metrics.accuracy];
      };
      assert.deepEqual(await ask([1, 2]), [1, 0, 6 / 7]);
      assert.deepEqual(await ask([0]), [0, 1, 6 / 7]);
      assert.deepEqual(await ask([0, 1]), [3 / 4, 1, 6 / 7]);
      assert.deepEqual(await ask([]), [null, 6 / 7, 6 / 7]);
      assert.deepEqual(await ask([0, 1, 2]), [6 / 7, null, 6 / 7]);
    });

    it('counts content tokens alone of facts and of other rows', async () => {
      // Of its two response tokens the first is known and is content, the second is neither.
      const test = tableOf([{ tokens: [1, 2, 3, 9], response: 2, content: [2, 3] as const }, ...known]);
      const { metrics } = await evaluate({
        ...request(empty, [0]),
        params,
        data: { test, shared: empty },
      });
      assert.deepEqual([metrics.factAccuracy, metrics.accuracy], [1, 7 / 8]);
    });
  });
});
