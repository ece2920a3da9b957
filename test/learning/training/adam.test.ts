import assert from 'node:assert/strict';
import { Adam, clipGlobalNorm } from '../../../src/learning/training/adam.js';

function assertClose(got: ArrayLike<number>, expected: readonly number[]): void {
  assert.equal(got.length, expected.length);
  expected.forEach((value, i) => assert.ok(Math.abs(got[i]! - value) < 1e-6, `${got[i]}, not ${value}`));
}

describe('Adam', () => {
  it("takes the three steps of PyTorch's AdamW (lr 0.1, weight decay 0.01)", () => {
    const values = Float32Array.of(0.5, -1, 2);
    const adam = new Adam(values, { learningRate: 0.1, weightDecay: 0.01 });
    adam.step(Float32Array.of(0.1, -0.2, 3));
    assertClose(values, [0.3995, -0.899, 1.898]);
    adam.step(Float32Array.of(0, 0.5, -1));
    assertClose(values, [0.3320947, -0.9423225, 1.85608]);
    adam.step(Float32Array.of(-0.3, 0.25, 0.125));
    assertClose(values, [0.3760073, -0.9992938, 1.820786]);
  });

  it('first moves by learning rate times rate, whatever the gradient', () => {
    const values = Float32Array.of(0, 0);
    new Adam(values, { learningRate: 0.1 }).step(Float32Array.of(1e-3, -1e3), 0.5);
    assertClose(values, [-0.05, 0.05]);
  });

  it('goes on from where another one was, bit for bit', () => {
    const gradients = [Float32Array.of(0.1, -0.2), Float32Array.of(0, 0.5), Float32Array.of(-0.3, 0.25)];
    const [whole, parts] = [Float32Array.of(0.5, -1), Float32Array.of(0.5, -1)];
    const one = new Adam(whole, { learningRate: 0.1 });
    const first = new Adam(parts, { learningRate: 0.1 });
    for (const gradient of gradients) one.step(gradient);
    first.step(gradients[0]!);
    const second = new Adam(parts, { learningRate: 0.1 }, first.state);
    for (const gradient of gradients.slice(1)) second.step(gradient);
    assert.deepEqual(parts, whole);
    assert.deepEqual(second.state, one.state);
    assert.equal(first.state.steps, 1);
  });

  it('refuses moments of another length', () => {
    const state = { first: [0], second: [0], steps: 1 };
    assert.throws(
      () => new Adam(new Float32Array(2), { learningRate: 0.1 }, state),
      /moments of 1 for 2 parameters/,
    );
  });

  it('refuses a gradient of another length', () => {
    const adam = new Adam(new Float32Array(2), { learningRate: 0.1 });
    assert.throws(() => adam.step(new Float32Array(3)), /gradient of 3 for 2 parameters/);
  });
});

describe('clipGlobalNorm', () => {
  it('scales (3, 4) and (12), of joint norm 13, to norm 1', () => {
    const [a, b] = [Float32Array.of(3, 4), Float32Array.of(12)];
    assert.equal(clipGlobalNorm([a, null, b], 1), 13);
    assertClose(a, [3 / 13, 4 / 13]);
    assertClose(b, [12 / 13]);
  });

  it('leaves a smaller gradient as it is', () => {
    const a = Float32Array.of(3, 4);
    assert.equal(clipGlobalNorm([a], 5.5), 5);
    assert.deepEqual([...a], [3, 4]);
  });
});
