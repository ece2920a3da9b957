import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { selectBackend } from '../../../src/learning/model/backend.js';
import { kernels } from '../../../src/learning/model/kernels/index.js';
import { stream } from '../../../src/simulation/random/stream.js';

const draws = stream('wasm-matmul.test');

function random(shape: number[]): tf.Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => draws.normal()),
    shape,
  );
}

/** One matrix product in plain JavaScript and float64: (m, k) · (k, n). */
function product(a: number[][], b: number[][]): number[][] {
  return a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
}

function transposed(a: number[][]): number[][] {
  return a[0]!.map((_, j) => a.map((row) => row[j]!));
}

function largestDifference(a: number[][], b: number[][]): number {
  return Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i]![j]!))));
}

describe('matMul on the WebAssembly backend', () => {
  before(() => selectBackend('wasm'));

  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      it(`agrees with plain JavaScript for transposeA ${transposeA}, transposeB ${transposeB}`, () => {
        tf.tidy(() => {
          const a = random(transposeA ? [7, 5] : [5, 7]) as tf.Tensor2D;
          const b = random(transposeB ? [3, 7] : [7, 3]) as tf.Tensor2D;
          const got = tf.matMul(a, b, transposeA, transposeB).arraySync() as number[][];
          const [left, right] = [a.arraySync(), b.arraySync()];
          const expected = product(
            transposeA ? transposed(left) : left,
            transposeB ? transposed(right) : right,
          );
          assert.ok(largestDifference(got, expected) < 1e-5);
        });
      });

      it(`agrees in a batch too, for transposeA ${transposeA}, transposeB ${transposeB}`, () => {
        tf.tidy(() => {
          const a = random(transposeA ? [2, 3, 7, 5] : [2, 3, 5, 7]) as tf.Tensor4D;
          const b = random(transposeB ? [2, 3, 4, 7] : [2, 3, 7, 4]) as tf.Tensor4D;
          const got = tf.matMul(a, b, transposeA, transposeB).arraySync() as number[][][][];
          const [left, right] = [a.arraySync(), b.arraySync()];
          for (let i = 0; i < 2; i++) {
            for (let j = 0; j < 3; j++) {
              const expected = product(
                transposeA ? transposed(left[i]![j]!) : left[i]![j]!,
                transposeB ? transposed(right[i]![j]!) : right[i]![j]!,
              );
              assert.ok(largestDifference(got[i]![j]!, expected) < 1e-5);
            }
          }
        });
      });
    }
  }

  it('repeats a batch of one along the other operand', () => {
    tf.tidy(() => {
      const a = random([2, 1, 4, 3]) as tf.Tensor4D;
      const b = random([1, 5, 3, 2]) as tf.Tensor4D;
      const got = tf.matMul(a, b).arraySync() as number[][][][];
      const [left, right] = [a.arraySync(), b.arraySync()];
      for (let i = 0; i < 2; i++) {
        for (let j = 0; j < 5; j++) {
          assert.ok(largestDifference(got[i]![j]!, product(left[i]![0]!, right[0]![j]!)) < 1e-5);
        }
      }
    });
  });

  it('leaves no tensor and no memory behind', () => {
    const run = () =>
      tf.tidy(() => {
        tf.matMul(random([4, 6, 5]), random([4, 6, 3]), true, false);
        return 0;
      });
    run();
    const before = tf.memory();
    const ids = (tf.backend() as unknown as { numDataIds(): number }).numDataIds();
    run();
    assert.deepEqual([tf.memory().numTensors, tf.memory().numBytes], [before.numTensors, before.numBytes]);
    assert.equal((tf.backend() as unknown as { numDataIds(): number }).numDataIds(), ids);
  });

  it('lets a clone outlive what it was cloned from', () => {
    const original = tf.tensor1d([1, 2, 3]);
    const clone = original.clone();
    original.dispose();
    assert.deepEqual([...clone.dataSync()], [1, 2, 3]);
    clone.dispose();
  });
});

describe('affine maps on the WebAssembly backend', () => {
  before(() => selectBackend('wasm'));

  const bytesOf = (tensor: tf.Tensor) => tensor.dataSync<'float32'>().slice();

  for (const activation of [undefined, 'relu'] as const) {
    it(`are tf.fused.matMul's to the bit, with and without a tape, of activation ${activation ?? 'none'}`, () => {
      tf.tidy(() => {
        const [a, b, bias] = [random([9, 7]), random([7, 5]), random([5])] as [
          tf.Tensor2D,
          tf.Tensor2D,
          tf.Tensor1D,
        ];
        const both = () => [
          bytesOf(kernels().affine(a, b, bias, activation)),
          bytesOf(tf.fused.matMul({ a, b, bias, activation: activation ?? 'linear' })),
        ];
        const [own, theirs] = both();
        assert.deepEqual(own, theirs);
        tf.grad((x) => {
          const [own, theirs] = both();
          assert.deepEqual(own, theirs);
          return tf.sum(x);
        })(a);
      });
    });
  }

  for (const [inputs, outputs] of [
    [96, 384],
    [384, 96],
    [96, 10],
  ] as const) {
    it(`compute a row alike among others and alone, of ${inputs} to ${outputs}`, () => {
      tf.tidy(() => {
        const x = random([67, inputs]) as tf.Tensor2D;
        const [w, b] = [random([inputs, outputs]) as tf.Tensor2D, random([outputs]) as tf.Tensor1D];
        const whole = bytesOf(kernels().affine(x, w, b));
        for (const row of [0, 3, 64, 66]) {
          const alone = bytesOf(kernels().affine(tf.slice(x, [row, 0], [1, inputs]), w, b));
          assert.deepEqual(alone, whole.slice(row * outputs, (row + 1) * outputs));
        }
      });
    });
  }
});
