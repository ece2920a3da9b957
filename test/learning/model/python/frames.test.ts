import assert from 'node:assert/strict';
import { decodeFrame, encodeFrame, lengthBytes } from '../../../../src/learning/model/python/frames.js';

describe('a frame', () => {
  const frame = {
    json: { operation: 'states', slots: [[0.5, ['h.0.é']]], text: '"' },
    arrays: {
      none: { shape: [0, 3], values: new Float32Array() },
      whole: { shape: [2], values: Int32Array.of(-1, 2 ** 31 - 1) },
      doubles: { shape: [1, 2], values: Float64Array.of(Math.PI, -Infinity) },
      floats: { shape: [3], values: Float32Array.of(1.5, NaN, -0) },
    },
  };

  it('begins with its length, and comes back as it was', () => {
    const bytes = encodeFrame(frame);
    assert.equal(Buffer.from(bytes).readBigUInt64LE(), BigInt(bytes.length - lengthBytes));
    assert.deepEqual(decodeFrame(bytes.subarray(lengthBytes)), frame);
  });

  it('copies its arrays, be they views of others', () => {
    const all = Float32Array.of(0, 1, 2, 3);
    const bytes = encodeFrame({ json: {}, arrays: { middle: { shape: [2], values: all.subarray(1, 3) } } });
    all.fill(9);
    assert.deepEqual(
      decodeFrame(bytes.subarray(lengthBytes)).arrays['middle']!.values,
      Float32Array.of(1, 2),
    );
  });

  it('is refused where it is cut or has a type that Python does not send', () => {
    const bytes = encodeFrame(frame).subarray(lengthBytes);
    assert.throws(() => decodeFrame(bytes.subarray(0, -4)), /the Python process: .*data/);
    const text = Buffer.from(bytes).toString('latin1').replace('"F64"', '"I64"');
    assert.throws(() => decodeFrame(Buffer.from(text, 'latin1')), /\/doubles\/dtype: is I64/);
  });
});
