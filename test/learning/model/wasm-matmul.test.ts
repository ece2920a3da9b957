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

const bytesOf = (tensor: tf.Tensor) => tensor.dataSync<'float32'>().slice();

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

  /** By XNNPACK itself, which nobody has replaced under this name. */
  function byXnnpack(a: tf.Tensor2D, b: tf.Tensor2D, bias?: tf.Tensor1D): Float32Array {
    const [m, n] = [a.shape[0], b.shape[1]];
    const inputs = {
      a: tf.reshape(a, [1, ...a.shape]),
      b: tf.reshape(b, [1, ...b.shape]),
      ...(bias && { bias }),
    };
    const attrs = { transposeA: false, transposeB: false, activation: 'linear' };
    const { kernelFunc } = tf.getKernel('_FusedMatMul', 'wasm');
    const { dataId, dtype } = kernelFunc({ inputs, backend: tf.backend(), attrs }) as tf.TensorInfo;
    return bytesOf(tf.engine().makeTensorFromTensorInfo({ dataId, dtype, shape: [m, n] }));
  }

  // Whole and broken strips and panels; more strips than one block holds, and more panels.
  for (const [m, k, n] of [
    [8, 1, 8],
    [8, 5, 3],
    [13, 6, 17],
    [64, 96, 384],
    [75, 768, 30],
    [9, 3000, 187],
  ] as const) {
    it(`is XNNPACK's to the bit, of (${m}, ${k}) and (${k}, ${n}), as they stand or transposed`, () => {
      tf.tidy(() => {
        const [a, b] = [random([m, k]) as tf.Tensor2D, random([k, n]) as tf.Tensor2D];
        const expected = byXnnpack(a, b);
        for (const transposeA of [false, true]) {
          for (const transposeB of [false, true]) {
            const [left, right] = [transposeA ? tf.transpose(a) : a, transposeB ? tf.transpose(b) : b];
            assert.deepEqual(bytesOf(tf.matMul(left, right, transposeA, transposeB)), expected);
          }
        }
        const bias = random([n]) as tf.Tensor1D;
        assert.deepEqual(bytesOf(kernels().affine(a, b, bias)), byXnnpack(a, b, bias));
      });
    });
  }

  it('hands infinities and what is no number on, as XNNPACK does', () => {
    tf.tidy(() => {
      const [a, b] = [random([9, 4]), random([4, 10])] as [tf.Tensor2D, tf.Tensor2D];
      const broken = tf.tensor2d([Infinity, NaN, -Infinity, 1], [4, 1]);
      const odd = tf.concat2d([broken, tf.slice2d(b, [0, 1], [4, 9])], 1);
      assert.deepEqual(bytesOf(tf.matMul(a, odd)), byXnnpack(a, odd));
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
