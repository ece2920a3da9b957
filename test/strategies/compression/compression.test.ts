import assert from 'node:assert/strict';
import fc from 'fast-check';
import { blank } from '../../../src/learning/params/memory.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { paramSet, type ParamSet } from '../../../src/learning/params/param-set.js';
import { codecOf, type CodecName } from './sample-sets.js';

const travelled = (name: CodecName, set: ParamSet) => {
  const codec = codecOf(name);
  const { bytes } = codec.encode(set, blank, stream(1));
  assert.equal(8 * bytes.byteLength, codec.expectedBits(set.values.length));
  return codec.decode(bytes, { ...set, values: new Float32Array(set.values.length) });
};

const roundToFloat16 = (x: number): number =>
  travelled('float16', paramSet('adapters', [{ name: 'x', shape: [1], values: [x] }])).values[0]!;

/** The positive half-precision number of the given bits: IEEE 754 binary16. */
function halfOfBits(bits: number): number {
  const exponent = bits >> 10;
  const mantissa = bits & 1023;
  return exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
const largest = 0x7bff;
/** The float32 next to a positive one, up or down. */
function neighbour(x: number, step: 1 | -1): number {
  const float = new Float32Array([x]);
  new Uint32Array(float.buffer)[0]! += step;
  return float[0]!;
}

describe('compression', () => {
  it('by "none" costs 32 bits per parameter and changes nothing', () => {
    const set = paramSet('adapters', [{ name: 'w', shape: [2], values: [0.1, -7] }]);
    assert.equal(codecOf('none').expectedBits(3), 96);
    assert.deepEqual(travelled('none', set), set);
  });

  it('by "float16" costs 16 bits per parameter and rounds each, leaving the sender’s set alone', () => {
    const set = paramSet('adapters', [{ name: 'w', shape: [2, 1], values: [Math.fround(0.1), 2049] }]);
    const before = [...set.values];
    const arrived = travelled('float16', set);
    assert.equal(codecOf('float16').expectedBits(3), 48);
    assert.deepEqual([...arrived.values], [0.0999755859375, 2048]);
    assert.deepEqual([arrived.kind, arrived.tensors], [set.kind, set.tensors]);
    assert.deepEqual([...set.values], before);
  });

  it('by "float16" rounds as numpy 2 does', () => {
    // numpy: float(np.float16(np.float32(x)))
    for (const [x, half] of [
      [1, 1],
      [-0.10000000149011612, -0.0999755859375],
      [0.3333333432674408, 0.333251953125],
      [65504, 65504],
      [65519.99609375, 65504],
      [65520, Infinity],
      [-123456, -Infinity],
      [9.99999993922529e-9, 0],
      [2.9802322387695312e-8, 0],
      [2.980232594040899e-8, 5.960464477539063e-8],
      [6.0999998822808266e-5, 6.097555160522461e-5],
      [2049, 2048],
      [2051, 2052],
      [-2049, -2048],
      [0.0010000000474974513, 0.0010004043579101562],
      [3.1415927410125732, 3.140625],
    ] as const) {
      assert.equal(roundToFloat16(x), half);
    }
  });

  it('by "float16" keeps every half-precision number, signs of zero, infinities and NaN', () => {
    for (let bits = 0; bits <= largest; bits++) {
      const half = halfOfBits(bits);
      if (roundToFloat16(half) !== half || roundToFloat16(-half) !== -half) assert.fail(`${half}`);
    }
    assert.ok(Object.is(roundToFloat16(-0), -0) && Object.is(roundToFloat16(0), 0));
    assert.deepEqual([NaN, Infinity, -Infinity].map(roundToFloat16), [NaN, Infinity, -Infinity]);
  });

  it('by "float16" rounds to the nearest, from the middle to the even, between any two neighbours', () => {
    for (let bits = 0; bits < largest; bits++) {
      const [below, above] = [halfOfBits(bits), halfOfBits(bits + 1)];
      const middle = (below + above) / 2;
      const even = bits % 2 === 0 ? below : above;
      const found = [neighbour(middle, -1), middle, neighbour(middle, 1)].map(roundToFloat16);
      if (found.join() !== [below, even, above].join())
        assert.fail(`between ${below} and ${above}: ${found.join()}`);
    }
  });

  it('by "float16" changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (x) => {
        const once = roundToFloat16(x);
        assert.equal(roundToFloat16(once), once);
      }),
    );
  });
});
