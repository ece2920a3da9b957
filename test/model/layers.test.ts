import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { causalAttention } from '../../src/model/attention.js';
import { bottleneck } from '../../src/model/adapters.js';
import { selectBackend } from '../../src/model/backend.js';
import { scalarLoss } from '../../src/model/gradients.js';
import { embed, gelu, layerNorm, linear, selectRows } from '../../src/model/layers.js';
import { stream } from '../../src/random/stream.js';

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

describe('layers with hand-written gradients, against automatic differentiation of the plain formula', () => {
  before(() => selectBackend('wasm'));

  it('linear, all of it learning', () => {
    assertSame(
      (x, w, b) => linear(x as tf.Tensor2D, w as tf.Tensor2D, b as tf.Tensor1D, 'weight and bias'),
      (x, w, b) => tf.add(tf.matMul(x, w), b),
      [random(5, 4), random(4, 3), random(3)],
    );
  });

  it('linear with a frozen bias, and frozen', () => {
    const [w, b] = [random<tf.Rank.R2>(4, 3), random<tf.Rank.R1>(3)];
    assertSame(
      (x, w) => linear(x as tf.Tensor2D, w as tf.Tensor2D, b, 'weight'),
      (x, w) => tf.add(tf.matMul(x, w), b),
      [random(5, 4), w],
    );
    assertSame(
      (x) => linear(x as tf.Tensor2D, w, b, 'nothing'),
      (x) => tf.add(tf.matMul(x, w), b),
      [random(5, 4)],
    );
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
    assertSame((x) => gelu(x as tf.Tensor2D), plain, [tf.mul(random(9, 7), 3)]);
  });

  it('bottleneck', () => {
    const parts = ['down.weight', 'down.bias', 'up.weight', 'up.bias'];
    assertSame(
      (x, ...tensors) => {
        const weights = new Map(parts.map((part, i) => [`h.0.adapter.mlp.${part}`, tensors[i]!]));
        return bottleneck(weights, 0, 'mlp', x as tf.Tensor2D);
      },
      (x, down, downBias, up, upBias) =>
        tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(x, down), downBias)), up), upBias),
      [random(5, 6), random(6, 3), random(3), random(3, 6), random(6)],
    );
  });

  it('embed and selectRows, with ids that come twice', () => {
    const ids = Int32Array.of(2, 0, 2, 3);
    const onehot = tf.cast(tf.oneHot(tf.tensor1d(ids, 'int32'), 4), 'float32');
    const plain: Layer = (table) => tf.matMul(onehot, table);
    assertSame((table) => embed(table as tf.Tensor2D, ids, true), plain, [random(4, 5)]);
    assertSame((table) => selectRows(table as tf.Tensor2D, ids), plain, [random(4, 5)]);
  });

  it('causalAttention over rows of several lengths', () => {
    const [heads, size] = [2, 3];
    const width = heads * size;
    const offsets = Int32Array.of(0, 4, 5, 10);
    const row = (qkv: tf.Tensor, start: number, length: number) => {
      const mask = tf.tensor2d(
        Array.from({ length }, (_, i) => Array.from({ length }, (_, j) => (j <= i ? 0 : -1e9))),
      );
      const mixed = Array.from({ length: heads }, (_, head) => {
        const part = (third: number) =>
          tf.slice(qkv as tf.Tensor2D, [start, third * width + head * size], [length, size]);
        const scores = tf.mul(tf.matMul(part(0), part(1), false, true), 1 / Math.sqrt(size));
        return tf.matMul(tf.softmax(tf.add(scores, mask)), part(2));
      });
      return tf.concat(mixed, 1);
    };
    assertSame(
      (qkv) => causalAttention(qkv as tf.Tensor2D, offsets, heads),
      (qkv) => tf.concat([row(qkv, 0, 4), row(qkv, 4, 1), row(qkv, 5, 5)], 0),
      [random(10, 3 * width)],
    );
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
