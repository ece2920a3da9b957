import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { addAdapters } from '../../../src/learning/model/adapters.js';
import { scalarLoss } from '../../../src/learning/model/gradients.js';
import { kernels } from '../../../src/learning/model/kernels/index.js';
import type { LoraModule } from '../../../src/learning/model/kernels/kernels.js';
import { attention, embed, gelu, layerNorm, linear, selectRows } from '../../../src/learning/model/layers.js';
import type { Gpt } from '../../../src/learning/model/gpt.js';
import { tokenLogProbs } from '../../../src/learning/model/log-probs.js';
import { loraLinear } from '../../../src/learning/model/lora.js';
import { noSlots } from '../../../src/learning/model/slots.js';
import { disposeTranspose } from '../../../src/learning/model/transposes.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { testBackend } from '../../backend.js';

const draws = stream('layers.test');

function random<R extends tf.Rank>(...shape: number[]): tf.Tensor<R> {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const values = Float32Array.from({ length: size }, () => draws.normal());
  return tf.tensor(values, shape as tf.ShapeMap[R]);
}

type Layer = (...inputs: tf.Tensor[]) => tf.Tensor;

/**
 * Values and gradients (for a fixed random cotangent) of two ways to compute the same are equal to 1e-5 of
 * their size.
 */
function assertSame(fast: Layer, plain: Layer, inputs: tf.Tensor[]): void {
  tf.tidy(() => {
    const cotangent = random(...plain(...inputs).shape);
    const run = (layer: Layer) => {
      const { value, grads } = tf.valueAndGrads((...xs: tf.Tensor[]) =>
        tf.sum(tf.mul(layer(...xs), cotangent)),
      )(inputs);
      return [layer(...inputs), value, ...grads];
    };
    const expected = run(plain);
    run(fast).forEach((tensor, i) => {
      assert.deepEqual(tensor.shape, expected[i]!.shape);
      const difference = tf.max(tf.abs(tf.sub(tensor, expected[i]!))).dataSync()[0]!;
      const size = 1 + tf.max(tf.abs(expected[i]!)).dataSync()[0]!;
      assert.ok(difference < 1e-5 * size, `output ${i} differs by ${difference}`);
    });
  });
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

function plainAttention(
  qkv: tf.Tensor2D,
  start: number,
  length: number,
  heads: number,
  causal: boolean,
): tf.Tensor2D {
  const width = qkv.shape[1] / 3;
  const size = width / heads;
  const visible = (i: number, j: number) => !causal || j <= i;
  const mask = tf.tensor2d(
    Array.from({ length }, (_, i) => Array.from({ length }, (_, j) => (visible(i, j) ? 0 : -1e9))),
  );
  const mixed = Array.from({ length: heads }, (_, head) => {
    const part = (third: number) => tf.slice(qkv, [start, third * width + head * size], [length, size]);
    const scores = tf.mul(tf.matMul(part(0), part(1), false, true), 1 / Math.sqrt(size));
    return tf.matMul<tf.Tensor2D>(tf.softmax(tf.add(scores, mask)), part(2));
  });
  return tf.concat(mixed, 1);
}

describe('layers with hand-written gradients, against automatic differentiation of the plain formula', () => {
  before(testBackend);

  it('linear, all of it learning', () => {
    assertSame(
      (x, w, b) => linear(x as tf.Tensor2D, w as tf.Tensor2D, b as tf.Tensor1D, true),
      (x, w, b) => tf.add(tf.matMul(x, w), b),
      [random(5, 4), random(4, 3), random(3)],
    );
  });

  it('linear, frozen', () => {
    const [w, b] = [random<tf.Rank.R2>(4, 3), random<tf.Rank.R1>(3)];
    assertSame(
      (x) => linear(x as tf.Tensor2D, w, b, false),
      (x) => tf.add(tf.matMul(x, w), b),
      [random(5, 4)],
    );
    disposeTranspose(w);
  });

  it('loraLinear with modules on all, on the outer and on the last third of the columns', () => {
    const [inputs, third, r] = [5, 9, 3];
    const [w, b] = [random<tf.Rank.R2>(inputs, 3 * third), random<tf.Rank.R1>(3 * third)];
    for (const thirds of [[0, 1, 2], [0, 2], [2]]) {
      const modulesOf = (tensors: tf.Tensor[]) =>
        thirds.map((place, i) => ({
          a: tensors[2 * i] as tf.Tensor2D,
          b: tensors[2 * i + 1] as tf.Tensor2D,
          column: place * third,
          scale: 2,
        }));
      assertSame(
        (x, ...tensors) => loraLinear(x as tf.Tensor2D, w, b, modulesOf(tensors)),
        (x, ...tensors) => {
          const changes = [0, 1, 2].map((place) => {
            const module = modulesOf(tensors).find(({ column }) => column === place * third);
            return module ? tf.mul(tf.matMul(module.a, module.b), 2) : tf.zeros([inputs, third]);
          });
          return tf.add(tf.matMul(x, tf.add(w, tf.concat(changes, 1))), b);
        },
        [random(7, inputs), ...thirds.flatMap(() => [random(inputs, r), random(r, third)])],
      );
    }
    disposeTranspose(w);
  });

  /** Two modules on the first half of the columns, of rank 3 at 2 and of rank 1 at -0.5, and one on the second. */
  const overlapping = {
    modules: [
      { r: 3, place: 0, scale: 2 },
      { r: 1, place: 0, scale: -0.5 },
      { r: 2, place: 1, scale: 0.25 },
    ],
    half: 5,
    inputs: 4,
  };

  function modulesOn(tensors: readonly tf.Tensor[]): LoraModule[] {
    const { modules, half } = overlapping;
    return modules.map(({ place, scale }, i) => ({
      a: tensors[2 * i] as tf.Tensor2D,
      b: tensors[2 * i + 1] as tf.Tensor2D,
      column: place * half,
      scale,
    }));
  }

  /** What overlapping modules add to the projection's matrix, by the plain formula. */
  function plainChange(tensors: readonly tf.Tensor[]): tf.Tensor2D {
    const product = (i: number) =>
      tf.mul<tf.Tensor2D>(
        tf.matMul(tensors[2 * i] as tf.Tensor2D, tensors[2 * i + 1] as tf.Tensor2D),
        overlapping.modules[i]!.scale,
      );
    return tf.concat([tf.add<tf.Tensor2D>(product(0), product(1)), product(2)], 1);
  }

  const randomModules = () =>
    overlapping.modules.flatMap(({ r }) => [random(overlapping.inputs, r), random(r, overlapping.half)]);

  it('loraLinear with two modules on the same columns, of other ranks and scales', () => {
    const { inputs, half } = overlapping;
    const [w, b] = [random<tf.Rank.R2>(inputs, 2 * half), random<tf.Rank.R1>(2 * half)];
    assertSame(
      (x, ...tensors) => loraLinear(x as tf.Tensor2D, w, b, modulesOn(tensors)),
      (x, ...tensors) => tf.add(tf.matMul(x, tf.add(w, plainChange(tensors))), b),
      [random(7, inputs), ...randomModules()],
    );
    disposeTranspose(w);
  });

  it('loraLinear of a constant, with the same gradients of the modules to the bit', () => {
    const { inputs, half } = overlapping;
    const [w, b] = [random<tf.Rank.R2>(inputs, 2 * half), random<tf.Rank.R1>(2 * half)];
    const [x, dy] = [random<tf.Rank.R2>(7, inputs), random(7, 2 * half)];
    const gradients = (isConstant: boolean) => (tensors: tf.Tensor[]) =>
      tf.grads((...own) => loraLinear(x, w, b, modulesOn(own), isConstant))(tensors, dy);
    tf.tidy(() => {
      const tensors = randomModules();
      const valuesOf = (all: tf.Tensor[]) => all.map((gradient) => gradient.dataSync().slice());
      const constant = gradients(true)(tensors);
      assert.equal(constant.length, tensors.length);
      assert.deepEqual(valuesOf(constant), valuesOf(gradients(false)(tensors)));
    });
    disposeTranspose(w);
  });

  it('mergeLora of two modules on the same columns, into a matrix of its own', () => {
    tf.tidy(() => {
      const w = random<tf.Rank.R2>(overlapping.inputs, 2 * overlapping.half);
      const before = w.dataSync().slice();
      const tensors = randomModules();
      const difference = tf.sub(kernels().mergeLora(w, modulesOn(tensors)), tf.add(w, plainChange(tensors)));
      assert.ok(tf.max(tf.abs(difference)).dataSync()[0]! < 1e-5);
      assert.deepEqual(w.dataSync(), before);
    });
  });

  it('layerNorm, learning and frozen', () => {
    const plain: Layer = (x, gain, bias) => {
      const { mean, variance } = tf.moments(x, 1, true);
      return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5))), gain), bias);
    };
    const [gain, bias] = [random<tf.Rank.R1>(6), random<tf.Rank.R1>(6)];
    assertSame(
      (x, gain, bias) => layerNorm(x as tf.Tensor2D, gain as tf.Tensor1D, bias as tf.Tensor1D, 1e-5, true),
      plain,
      [random(5, 6), gain, bias],
    );
    assertSame(
      (x) => layerNorm(x as tf.Tensor2D, gain, bias, 1e-5, false),
      (x) => plain(x, gain, bias),
      [random(5, 6)],
    );
  });

  it('gelu, as the tanh formula gives it', () => {
    const plain: Layer = (x) => {
      const u = tf.mul(tf.add(x, tf.mul(tf.pow(x, tf.scalar(3)), 0.044715)), Math.sqrt(2 / Math.PI));
      return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(u), 1));
    };
    assertSame((x) => gelu(x as tf.Tensor2D, 'tanh'), plain, [tf.mul(random(9, 7), 3)]);
  });

  it('gelu by the error function', () => {
    const plain: Layer = (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
    assertSame((x) => gelu(x as tf.Tensor2D, 'erf'), plain, [tf.mul(random(9, 7), 2)]);
  });

  it('addAdapters beside a residual of its own', () => {
    const parts = ['down.weight', 'down.bias', 'up.weight', 'up.bias'];
    assertSame(
      (x, residual, ...tensors) => {
        const weights = new Map(parts.map((part, i) => [`h.0.adapter.parallel.${part}`, tensors[i]!]));
        return addAdapters([{ weights, share: 1 }], 0, 'parallel', x as tf.Tensor2D, residual as tf.Tensor2D);
      },
      (x, residual, down, downBias, up, upBias) => {
        const hidden = tf.relu(tf.add(tf.matMul(x, down), downBias));
        return tf.add(residual, tf.add(tf.matMul(hidden, up), upBias));
      },
      [random(5, 6), random(5, 6), random(6, 3), random(3), random(3, 6), random(6)],
    );
  });

  it('addAdapters whose input is the residual', () => {
    const parts = ['down.weight', 'down.bias', 'up.weight', 'up.bias'];
    assertSame(
      (x, ...tensors) => {
        const weights = new Map(parts.map((part, i) => [`h.0.adapter.mlp.${part}`, tensors[i]!]));
        return addAdapters([{ weights, share: 1 }], 0, 'mlp', x as tf.Tensor2D, x as tf.Tensor2D);
      },
      (x, down, downBias, up, upBias) => {
        const hidden = tf.relu(tf.add(tf.matMul(x, down), downBias));
        return tf.add(x, tf.add(tf.matMul(hidden, up), upBias));
      },
      [random(5, 6), random(6, 3), random(3), random(3, 6), random(6)],
    );
  });

  for (const { where, isSerial } of [
    { where: 'beside a residual of its own', isSerial: false },
    { where: 'whose input is the residual', isSerial: true },
  ]) {
    it(`addAdapters of two slots, each by its share, ${where}: both read the input`, () => {
      const parts = ['down.weight', 'down.bias', 'up.weight', 'up.bias'];
      const shares = [0.25, -2];
      const adapter = (bottleneck: number) => [
        ...[random(6, bottleneck), random(bottleneck)],
        ...[random(bottleneck, 6), random(6)],
      ];
      const change = (x: tf.Tensor, [down, downBias, up, upBias]: tf.Tensor[]) =>
        tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(x, down!), downBias!)), up!), upBias!);
      assertSame(
        (x, ...rest) => {
          const [onto, ...tensors] = isSerial ? [x, ...rest] : rest;
          const slots = shares.map((share, s) => ({
            weights: new Map(parts.map((part, i) => [`h.1.adapter.mlp.${part}`, tensors[4 * s + i]!])),
            share,
          }));
          const elsewhere = { weights: new Map([['h.0.adapter.mlp.up.weight', x]]), share: 1 };
          return addAdapters([...slots, elsewhere], 1, 'mlp', x as tf.Tensor2D, onto as tf.Tensor2D);
        },
        (x, ...rest) => {
          const [onto, ...tensors] = isSerial ? [x, ...rest] : rest;
          const changes = shares.map((share, s) => tf.mul(change(x, tensors.slice(4 * s, 4 * s + 4)), share));
          return tf.addN([onto!, ...changes]);
        },
        [random(5, 6), ...(isSerial ? [] : [random(5, 6)]), ...adapter(3), ...adapter(2)],
      );
    });
  }

  it('embed and selectRows, with ids that come twice', () => {
    const ids = Int32Array.of(2, 0, 2, 3);
    const onehot = tf.cast(tf.oneHot(tf.tensor1d(ids, 'int32'), 4), 'float32');
    const plain: Layer = (table) => tf.matMul(onehot, table);
    assertSame((table) => embed(table as tf.Tensor2D, ids, true), plain, [random(4, 5)]);
    assertSame((table) => selectRows(table as tf.Tensor2D, ids), plain, [random(4, 5)]);
  });

  for (const { heads, size, lengths } of [
    { heads: 2, size: 3, lengths: [4, 1, 5] },
    { heads: 3, size: 8, lengths: [9, 9] },
    { heads: 1, size: 12, lengths: [17, 6, 2] },
  ]) {
    for (const causal of [true, false]) {
      const kind = causal ? 'causal' : 'bidirectional';
      it(`${kind} attention, ${heads} heads of ${size}, over rows of ${lengths.join(', ')}`, () => {
        const width = heads * size;
        const offsets = Int32Array.from([0, ...lengths.map((_, b) => sumOf(lengths.slice(0, b + 1)))]);
        assertSame(
          (qkv) => attention(qkv as tf.Tensor2D, { offsets, heads, causal }),
          (qkv) =>
            tf.concat(
              lengths.map((length, b) =>
                plainAttention(qkv as tf.Tensor2D, offsets[b]!, length, heads, causal),
              ),
              0,
            ),
          [random(sumOf(lengths), 3 * width)],
        );
      });
    }
  }

  it('tokenLogProbs, with a frozen and with a learning head', () => {
    const ids = Int32Array.of(4, 0, 4, 8);
    const config = { vocab_size: 9, n_positions: 4, n_embd: 5, n_layer: 0, n_head: 1 };
    const shape = {
      config: { ...config, layer_norm_epsilon: 1e-5, eos_token_id: 0 },
      adapters: { sites: [], bottleneck: 0 },
      lora: { r: 1, alpha: 1, targets: [] },
    };
    const model = (wte: tf.Tensor, trainsBase: boolean): Gpt => ({
      shape,
      base: new Map([['wte.weight', wte]]),
      ...noSlots,
      trainsBase,
    });
    const onehot = tf.cast(tf.oneHot(tf.tensor1d(ids, 'int32'), 9), 'float32');
    const plain: Layer = (hidden, wte) =>
      tf.sum(tf.mul(tf.logSoftmax(tf.matMul(hidden, wte, false, true)), onehot), 1);
    const [hidden, wte] = [random(4, 5), random<tf.Rank.R2>(9, 5)];
    assertSame((hidden, wte) => tokenLogProbs(model(wte, true), hidden as tf.Tensor2D, ids), plain, [
      hidden,
      wte,
    ]);
    assertSame(
      (hidden) => tokenLogProbs(model(wte, false), hidden as tf.Tensor2D, ids),
      (hidden) => plain(hidden, wte),
      [hidden],
    );
    disposeTranspose(wte);
  });

  it('scalarLoss of a function in plain numbers', () => {
    assertSame(
      (x) =>
        scalarLoss(x, (values) => ({
          value: values.reduce((sum, value) => sum + value * value, 0),
          gradient: values.map((value) => 2 * value),
        })),
      (x) => tf.sum(tf.square(x)),
      [random(7)],
    );
  });
});
