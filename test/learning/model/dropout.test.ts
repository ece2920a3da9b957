import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { dropoutMask, withDroppedLora } from '../../../src/learning/model/dropout.js';
import { testBackend } from '../../backend.js';

const dropout = { rate: 0.25, seed: 'seed' };

describe('dropout of what LoRA reads', () => {
  before(testBackend);

  it('keeps three quarters of the entries at rate 0.25, each as 4/3 of itself', () => {
    const mask = dropoutMask(dropout, 'h.0.attn.c_attn', 0, 10_000);
    const kept = mask.filter((factor) => factor > 0);
    assert.ok(kept.every((factor) => factor === Math.fround(4 / 3)));
    // Five standard deviations of a binomial of 10,000 draws.
    assert.ok(Math.abs(kept.length - 7500) < 5 * Math.sqrt(10_000 * 0.25 * 0.75), String(kept.length));
  });

  it('draws by seed, projection and module', () => {
    const of = (seed: string, site: string, module: number) =>
      dropoutMask({ rate: 0.5, seed }, site, module, 64).join();
    assert.equal(of('a', 'x', 0), of('a', 'x', 0));
    const others = [of('b', 'x', 0), of('a', 'y', 0), of('a', 'x', 1)];
    for (const other of others) assert.notEqual(other, of('a', 'x', 0));
  });

  it('adds scale · (x ∘ mask) · A · B in the columns of its module, and has its gradients', () => {
    const [n, inputs, rank, outputs, column, scale] = [3, 4, 2, 2, 1, 0.5] as const;
    const draws = (seed: number, ...shape: [number, number]) =>
      tf.randomNormal<tf.Rank.R2>(shape, 0, 1, 'float32', seed);
    tf.tidy(() => {
      const [x, a, b] = [draws(1, n, inputs), draws(2, inputs, rank), draws(3, rank, outputs)];
      const y = tf.zeros<tf.Rank.R2>([n, 5]);
      const dy = draws(4, n, 5);
      const mask = tf.tensor2d(dropoutMask(dropout, 'site', 0, n * inputs), [n, inputs]);
      const dropped = x.mul<tf.Tensor2D>(mask);
      const forward = (x: tf.Tensor2D, a: tf.Tensor2D, b: tf.Tensor2D) =>
        withDroppedLora(y, x, [{ a, b, column, scale }], dropout, 'site');
      const value = forward(x, a, b);
      near(value.slice([0, column], [n, outputs]), dropped.matMul(a).matMul(b).mul(scale));
      near(value.slice([0, 0], [n, 1]), tf.zeros([n, 1]));
      const gradients = tf.grads((x, a, b) => forward(x as tf.Tensor2D, a as tf.Tensor2D, b as tf.Tensor2D))(
        [x, a, b],
        dy,
      );
      const own = dy.slice([0, column], [n, outputs]).mul<tf.Tensor2D>(scale);
      near(gradients[0]!, own.matMul(b, false, true).matMul(a, false, true).mul(mask));
      near(gradients[1]!, dropped.matMul(own.matMul(b, false, true), true, false));
      near(gradients[2]!, dropped.matMul(a).matMul(own, true, false));
    });
  });
});

function near(actual: tf.Tensor, expected: tf.Tensor): void {
  const worst = actual.sub(expected).abs().max().dataSync()[0]!;
  assert.ok(worst < 1e-5, `differs by ${worst}`);
}
