import assert from 'node:assert/strict';
import fc from 'fast-check';
import { blank } from '../../../src/learning/params/memory.js';
import { stream } from '../../../src/simulation/random/stream.js';
import { fromWholeFrame, wholeFrame } from '../../../src/strategies/compression/frame.js';
import { codecs } from '../../../src/strategies/compression/index.js';
import { codecOf, normals, vector, type CodecName } from './sample-sets.js';

const set = normals('corrupted');
const bare: readonly CodecName[] = ['none', 'float16'];
const names = (Object.keys(codecs) as CodecName[]).filter((name) => !bare.includes(name));
const options = [...names.map((name) => [name, {}] as const), ...names.map((name) => [name, { entropy: 'brotli' }] as const),
  ['none', { entropy: 'deflate' }] as const, ['float16', { delta: true }] as const]; // prettier-ignore

describe('bytes that were damaged on their way', () => {
  for (const [name, own] of options) {
    it(`are an error to ${name} ${JSON.stringify(own)}, and never a number`, () => {
      const codec = codecOf(name, own);
      const { bytes } = codec.encode(set, blank, stream(name));
      const bit = fc.nat(8 * bytes.byteLength - 1);
      fc.assert(
        fc.property(fc.uniqueArray(bit, { minLength: 1, maxLength: 3 }), (flips) => {
          const damaged = bytes.slice();
          for (const flip of flips) damaged[flip >>> 3]! ^= 1 << (flip & 7);
          assert.throws(() => codec.decode(damaged, set), /compression: /);
        }),
        { numRuns: 300 },
      );
      for (let length = 0; length < bytes.byteLength; length++) {
        assert.throws(() => codec.decode(bytes.slice(0, length), set), /compression: /);
      }
      assert.throws(() => codec.decode(new Uint8Array([...bytes, 0]), set), /compression: /);
    });
  }

  it('are an error by their length to none and float16, which carry no check', () => {
    for (const name of bare) {
      const codec = codecOf(name);
      const { bytes } = codec.encode(set, blank, stream(name));
      assert.throws(() => codec.decode(bytes.slice(1), set), /compression/);
      assert.throws(() => codec.decode(new Uint8Array([...bytes, 0]), set), /compression/);
    }
  });

  it('are an error of a whole set', () => {
    const bytes = wholeFrame(set);
    assert.deepEqual(fromWholeFrame(bytes, set), set);
    for (let at = 0; at < bytes.byteLength; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 0x10;
      assert.throws(() => fromWholeFrame(damaged, set), /compression: /);
    }
  });

  it('are an error where they are of another set, or of another codec', () => {
    const other = vector([1, 2, 3]);
    for (const name of names) {
      const { bytes } = codecOf(name).encode(set, blank, stream(name));
      assert.throws(() => codecOf(name).decode(bytes, other), /compression: /);
      assert.throws(() => fromWholeFrame(bytes, set), /compression: /);
    }
  });
});
