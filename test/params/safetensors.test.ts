import assert from 'node:assert/strict';
import { UserError } from '../../src/errors.js';
import { paramSet } from '../../src/params/param-set.js';
import { readSafetensors, writeSafetensors } from '../../src/params/safetensors.js';

const set = paramSet('base', [
  { name: 'a.weight', shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
  { name: 'b', shape: [], values: [0.5] },
]);

/** A file by hand: header text and data bytes. */
function file(header: string, dataBytes: number): Uint8Array {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(dataBytes)]);
}

function entry(shape: number[], begin: number, end: number, dtype = 'F32'): string {
  return JSON.stringify({ dtype, shape, data_offsets: [begin, end] });
}

describe('safetensors', () => {
  it('reads back what it wrote', () => {
    const tensors = readSafetensors(writeSafetensors([set], { made: 'here' }), 'x');
    assert.deepEqual([...tensors.keys()], ['a.weight', 'b']);
    assert.deepEqual(tensors.get('a.weight')!.shape, [2, 3]);
    assert.deepEqual([...tensors.get('a.weight')!.values], [1, 2, 3, 4, 5, 6]);
    assert.deepEqual([...tensors.get('b')!.values], [0.5]);
  });

  it('writes length, JSON padded with spaces to eight bytes, little-endian floats', () => {
    const bytes = Buffer.from(writeSafetensors([set]));
    const length = Number(bytes.readBigUInt64LE(0));
    assert.equal(length % 8, 0);
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, unknown>;
    assert.deepEqual(header['a.weight'], { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] });
    assert.equal(bytes.readFloatLE(8 + length + 4), 2);
    assert.equal(bytes.length, 8 + length + 28);
  });

  it('reads a view that does not start at its buffer', () => {
    const bytes = writeSafetensors([set]);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    assert.equal(readSafetensors(shifted.subarray(3), 'x').get('b')!.values[0], 0.5);
  });

  const broken: readonly [string, Uint8Array, RegExp][] = [
    ['an empty file', new Uint8Array(0), /is 0 bytes/],
    ['a header longer than the file', file('{}', 0).fill(9, 0, 1), /header of 9 bytes/],
    ['a header above a megabyte', file(' '.repeat((1 << 20) + 8), 0), /at most 1048576/],
    ['a header that is no JSON', file('{"a"', 0), /no JSON object/],
    ['a list as header', file('[]', 0), /no JSON object/],
    ['another dtype', file(`{"a":${entry([1], 0, 2, 'F16')}}`, 2), /\/a\/dtype: is "F16", expected "F32"/],
    ['a negative extent', file(`{"a":${entry([-1], 0, 4)}}`, 4), /\/a\/shape: is \[-1\]/],
    ['no offsets', file('{"a":{"dtype":"F32","shape":[1]}}', 4), /\/a\/data_offsets: is undefined/],
    ['offsets beyond the data', file(`{"a":${entry([2], 0, 8)}}`, 4), /within 4 bytes/],
    ['offsets that disagree with the shape', file(`{"a":${entry([3], 0, 8)}}`, 8), /expected \[0, 12\]/],
    [
      'overlapping tensors',
      file(`{"a":${entry([2], 0, 8)},"b":${entry([1], 4, 8)}}`, 8),
      /\/b\/data_offsets/,
    ],
    [
      'data that no tensor owns',
      file(`{"a":${entry([1], 0, 4)}}`, 8),
      /8 bytes of data, its header describes 4/,
    ],
    ['null as a tensor', file('{"a":null}', 0), /\/a\/dtype/],
  ];
  for (const [what, bytes, message] of broken) {
    it(`refuses ${what}, naming the file`, () => {
      assert.throws(
        () => readSafetensors(bytes, 'model.safetensors'),
        (thrown) =>
          thrown instanceof UserError &&
          message.test(thrown.message) &&
          thrown.message.startsWith('model.safetensors'),
      );
    });
  }
});
