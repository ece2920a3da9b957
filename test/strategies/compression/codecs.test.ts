import assert from 'node:assert/strict';
import fc from 'fast-check';
import { narrowBfloat16 } from '../../../src/learning/params/half-floats.js';
import { blank } from '../../../src/learning/params/memory.js';
import { paramSet, parametersIn } from '../../../src/learning/params/param-set.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { indicesOfGreatest } from '../../../src/strategies/compression/greatest-values.js';
import { codecs } from '../../../src/strategies/compression/index.js';
import { carried, codecOf, difference, normals, squared, vector, type CodecName } from './sample-sets.js';

const frame = 40;
const names = Object.keys(codecs) as CodecName[];

describe('a codec’s bits', () => {
  for (const name of names) {
    it(`of ${name} are as many as it expects of the same tensors`, () => {
      const set = normals(name);
      const codec = codecOf(name);
      const { bytes } = codec.encode(set, blank, stream(name));
      assert.equal(8 * bytes.byteLength, codec.expectedBits(parametersIn(set.tensors), set.tensors));
    });
  }

  it('follow the formulas of docs/compression.md: 103 parameters in two matrices and a vector', () => {
    const { tensors } = normals('formulas');
    const bits = (name: CodecName, options = {}) => codecOf(name, options).expectedBits(103, tensors);
    assert.equal(bits('none'), 32 * 103);
    assert.equal(bits('float16'), 16 * 103);
    assert.equal(bits('bfloat16'), frame + 16 * 103);
    assert.equal(bits('quantized', { bits: 3 }), frame + 3 * 32 + 8 * 39); // ⌈3 · 103 / 8⌉ = 39
    assert.equal(bits('qsgd', { levels: 7 }), frame + 3 * 32 + 8 * 52); // 15 levels, 4 bits
    assert.equal(bits('sign'), frame + 3 * 32 + 8 * 13);
    // 103 · 0.5 = 52 values: a map of 13 bytes is shorter than 52 numbers of 7 bits.
    assert.equal(bits('top-k', { share: 0.5 }), frame + 40 + 8 * 13 + 32 * 52);
    // Two values: two numbers of 7 bits are shorter.
    assert.equal(bits('random-k', { share: 0.015 }), frame + 40 + 8 * 2 + 32 * 2);
    // 12 × 5 at rank 2: 34 floats for 60; 4 × 9: 26 for 36; 7 whole.
    assert.equal(bits('power-sgd', { rank: 2 }), frame + 32 * (34 + 26 + 7));
  });

  it('are fewer with entropy coding where that helps, and no more where it does not', () => {
    const sparse = vector(Array.from({ length: 4000 }, (_, i) => (i % 500 === 0 ? 1 : 0)));
    for (const entropy of ['deflate', 'brotli']) {
      for (const name of ['none', 'float16', 'quantized'] as const) {
        const codec = codecOf(name, { entropy });
        const { bytes } = codec.encode(sparse, blank, stream(1));
        assert.ok(8 * bytes.byteLength < codec.expectedBits(4000) / 10, `${name} ${bytes.byteLength}`);
        assert.deepEqual([...codec.decode(bytes, sparse).values], [...sparse.values]);
      }
      const noise = normals('noise');
      const { bytes } = codecOf('none', { entropy }).encode(noise, blank, stream(1));
      assert.ok(8 * bytes.byteLength <= frame + 32 * noise.values.length);
    }
  });
});

describe('bfloat16', () => {
  it('rounds to the nearest upper half, from the middle to the even', () => {
    // By hand: 1 is 3f80, one step of 2^-7 above it 3f81, and the middle of these 3f808000.
    const halves = narrowBfloat16(new Float32Array([1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, -1, 3e38, NaN]));
    assert.deepEqual(
      [...halves].map((half) => half.toString(16)),
      ['3f80', '3f80', '3f82', 'bf80', '7f62', '7fc0'],
    );
    const set = vector([0.1, -7, 0]);
    assert.deepEqual([...carried(codecOf('bfloat16'), set).values], [0.10009765625, -7, 0]);
  });
});

describe('quantized', () => {
  it('takes the nearest level of each tensor, of two equally near ones the even', () => {
    // 3 bits: levels -3 to 3 times the step. The first tensor's step is 1, the second's 2.
    const set = paramSet('adapters', [
      { name: 'a', shape: [5], values: [3, 0.5, 1.5, -0.6, 0] },
      { name: 'b', shape: [2], values: [-6, 2.9] },
    ]);
    assert.deepEqual([...carried(codecOf('quantized', { bits: 3 }), set).values], [3, 0, 2, -1, 0, -6, 2]);
  });

  it('is off by half a step at most, and leaves what is zero zero', () => {
    const set = normals('quantized');
    const greatest = Math.max(...set.values.map(Math.abs));
    for (const bits of [2, 5, 8, 16]) {
      const off = difference(carried(codecOf('quantized', { bits }), set), set).map(Math.abs);
      assert.ok(Math.max(...off) <= (greatest / (2 ** bits - 2)) * (1 + 1e-6));
    }
    assert.deepEqual([...carried(codecOf('quantized'), vector([0, 0])).values], [0, 0]);
  });
});

describe('QSGD', () => {
  it('is unbiased, and its variance within min(d/s², √d/s) ‖v‖²', () => {
    for (const s of [1, 3, 7]) {
      const set = vector(Array.from(normals(`qsgd-${s}`).values));
      const codec = codecOf('qsgd', { levels: s });
      const trials = 4000;
      const sum = new Float64Array(set.values.length);
      const sumOfSquares = new Float64Array(set.values.length);
      let variance = 0;
      for (let trial = 0; trial < trials; trial++) {
        const arrived = carried(codec, set, stream('qsgd', s, trial));
        arrived.values.forEach((value, i) => {
          sum[i]! += value;
          sumOfSquares[i]! += value * value;
        });
        variance += squared(difference(arrived, set)) / trials;
      }
      const d = set.values.length;
      assert.ok(variance < Math.min(d / s ** 2, Math.sqrt(d) / s) * squared(set.values), `s ${s}`);
      const deviations = [...set.values].map((value, i) => {
        const mean = sum[i]! / trials;
        const spread = sumOfSquares[i]! / trials - mean * mean;
        return (mean - value) / Math.sqrt(spread / trials);
      });
      // Of the mean of all 103 within 3 standard errors, and of each within 4.5, which all are in 999 of 1,000 cases.
      assert.ok(Math.abs(deviations.reduce((a, b) => a + b, 0) / Math.sqrt(d)) < 3, `s ${s}`);
      for (const deviation of deviations) assert.ok(Math.abs(deviation) < 4.5, `s ${s}: ${deviation}`);
    }
  });

  it('keeps a lone value, and zeros', () => {
    assert.deepEqual([...carried(codecOf('qsgd'), vector([0, -2.5, 0])).values], [0, -2.5, 0]);
    assert.deepEqual([...carried(codecOf('qsgd'), vector([0, 0])).values], [0, 0]);
  });
});

describe('sign', () => {
  it('sends ‖p‖₁/d times the sign of each tensor, that of zero being 1', () => {
    const set = paramSet('adapters', [
      { name: 'a', shape: [4], values: [1, -2, 0, 5] },
      { name: 'b', shape: [2], values: [-0.5, -1.5] },
    ]);
    assert.deepEqual([...carried(codecOf('sign'), set).values], [2, -2, 2, 2, -1, -1]);
  });
});

describe('top-k', () => {
  it('keeps the greatest magnitudes, of equal ones the first', () => {
    const set = vector([1, -3, 0, 3, 2, -3]);
    assert.deepEqual([...carried(codecOf('top-k', { share: 1 / 3 }), set).values], [0, -3, 0, 3, 0, 0]);
    assert.deepEqual([...carried(codecOf('top-k', { share: 1 }), set).values], [...set.values]);
  });

  it('finds them as sorting does, for any values', () => {
    const values = fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.nat(), (list, any) => {
        const k = 1 + (any % list.length);
        const byMagnitude = list
          .map((value, index) => ({ magnitude: Math.abs(value), index }))
          .sort((a, b) => b.magnitude - a.magnitude || a.index - b.index);
        const expected = byMagnitude.slice(0, k).map(({ index }) => index);
        assert.deepEqual(
          [...indicesOfGreatest(Float32Array.from(list), k)],
          expected.sort((a, b) => a - b),
        );
      }),
    );
  });

  it('is a contraction of 1 − k/d', () => {
    for (const share of [0.01, 0.1, 0.5]) {
      for (const seed of ['a', 'b', 'c']) {
        const set = normals(`top-k ${seed}`);
        const off = squared(difference(carried(codecOf('top-k', { share }), set), set));
        const k = Math.ceil(share * set.values.length);
        assert.ok(off <= (1 - k / set.values.length) * squared(set.values));
      }
    }
  });
});

describe('random-k', () => {
  it('is unbiased, by the factor d/k', () => {
    const set = vector([1, -2, 3, 4, 5, -6, 7, 8]);
    const codec = codecOf('random-k', { share: 0.25 });
    const trials = 8000;
    const sum = new Float64Array(8);
    for (let trial = 0; trial < trials; trial++) {
      const { values } = carried(codec, set, stream('random-k', trial));
      assert.equal(values.filter((value) => value !== 0).length, 2);
      values.forEach((value, i) => (sum[i]! += value));
    }
    // d/k = 4 with probability 1/4: a variance of 3 v².
    set.values.forEach((value, i) => {
      const error = Math.abs(value) * Math.sqrt(3 / trials);
      assert.ok(Math.abs(sum[i]! / trials - value) < 3.5 * error, `${i}: ${sum[i]! / trials}`);
    });
  });

  it('sends values as they are where a residual keeps the others', () => {
    const codec = codecOf('random-k', { share: 0.5, errorFeedback: true });
    const { values } = carried(codec, vector([1, 2, 3, 4]));
    assert.deepEqual(
      [...values].filter((value) => value !== 0).every((value) => [1, 2, 3, 4].includes(value)),
      true,
    );
  });
});

describe('FLASC', () => {
  it('sends the greatest parameters down with a residual, and the greatest changes up without', () => {
    const [down, up] = [codecOf('flasc', {}, 'downlink'), codecOf('flasc', {}, 'uplink')];
    assert.deepEqual([down.delta, down.errorFeedback], [false, true]);
    assert.deepEqual([up.delta, up.errorFeedback], [true, false]);
    const set = vector([4, 1, -8, 2]);
    for (const codec of [down, up]) assert.deepEqual([...carried(codec, set).values], [0, 0, -8, 0]);
  });
});
