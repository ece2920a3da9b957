import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { UserError } from '../../../src/errors.js';
import { paramSet } from '../../../src/learning/params/param-set.js';
import { openSafetensors, writeSafetensors } from '../../../src/learning/params/safetensors.js';
import { readSafetensors } from '../../golden/read-safetensors.js';
import { packageRoot } from '../../../src/paths.js';

const set = paramSet('base', [
  { name: 'a.weight', shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
  { name: 'b', shape: [], values: [0.5] },
]);

/** What test/golden/hugging-face/make.py recorded of the two files without a model. */
interface Expected {
  readonly 'written-by-python': Readonly<Record<string, { shape: number[]; sha256: string }>>;
  readonly 'written-by-pwff': {
    readonly metadata: object;
    readonly tensors: Readonly<Record<string, { shape: number[]; values: number[] }>>;
  };
}

const golden = (name: string) => join(packageRoot(), 'test/golden/hugging-face', name);
const expected = JSON.parse(readFileSync(golden('expected.json'), 'utf8')) as Expected;

/** A file by hand: header text and data bytes. */
function file(header: string, dataBytes: number): Buffer {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(dataBytes)]);
}

function entry(shape: number[], begin: number, end: number, dtype = 'F32'): string {
  return JSON.stringify({ dtype, shape, data_offsets: [begin, end] });
}

describe('safetensors', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-safetensors-'))));
  after(() => rmSync(folder, { recursive: true }));

  /** The path of a file with these bytes. */
  function stored(bytes: Uint8Array): string {
    const path = join(folder, 'model.safetensors');
    writeFileSync(path, bytes);
    return path;
  }

  async function refused(path: string, message: RegExp): Promise<void> {
    await assert.rejects(readSafetensors(path), (thrown) => {
      assert.ok(thrown instanceof UserError, String(thrown));
      assert.ok(thrown.message.startsWith(path), thrown.message);
      assert.match(thrown.message, message);
      return true;
    });
  }

  it('reads back what it wrote', async () => {
    const tensors = await readSafetensors(stored(writeSafetensors([set], { made: 'here' })));
    assert.deepEqual([...tensors.keys()], ['a.weight', 'b']);
    assert.deepEqual(tensors.get('a.weight')!.shape, [2, 3]);
    assert.deepEqual([...tensors.get('a.weight')!.values], [1, 2, 3, 4, 5, 6]);
    assert.deepEqual([...tensors.get('b')!.values], [0.5]);
  });

  it('reads any part of a tensor into memory of the caller', async () => {
    const source = await openSafetensors(stored(writeSafetensors([set])));
    const into = new Float32Array(new SharedArrayBuffer(20)).fill(-1);
    await source.read(source.entries.get('a.weight')!, into.subarray(1, 4), 2);
    assert.deepEqual([...into], [-1, 3, 4, 5, -1]);
    await source.close();
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

  it('writes no two tensors of one name, and any name but __metadata__', async () => {
    assert.throws(() => writeSafetensors([set, set]), /two tensors .* are called a\.weight/);
    const named = (name: string) => paramSet('base', [{ name, shape: [1], values: [1] }]);
    assert.throws(() => writeSafetensors([named('__metadata__')]), RangeError);
    for (const name of ['__proto__', 'toString', '"', '\n']) {
      assert.deepEqual([...(await readSafetensors(stored(writeSafetensors([named(name)])))).keys()], [name]);
    }
  });

  it("writes what Hugging Face's Python package reads", () => {
    const { metadata, tensors } = expected['written-by-pwff'];
    assert.deepEqual(metadata, { format: 'pt', made: 'by pwff' });
    assert.deepEqual(tensors, {
      'a.weight': { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      b: { shape: [], values: [0.5] },
      'é "quoted"': { shape: [0, 2], values: [] },
      7: { shape: [1], values: [-0.125] },
    });
    const more = paramSet('lora', [
      { name: 'é "quoted"', shape: [0, 2], values: [] },
      { name: '7', shape: [1], values: [-0.125] },
    ]);
    const written = writeSafetensors([set, more], { made: 'by pwff' });
    assert.deepEqual(Buffer.from(written), readFileSync(golden('written-by-pwff.safetensors')));
  });

  it("reads what Hugging Face's Python package writes, of F32, F16 and BF16", async () => {
    const tensors = await readSafetensors(golden('written-by-python.safetensors'));
    const digests = [...tensors].map(([name, { shape, values }]) => {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      return [name, { shape, sha256: createHash('sha256').update(bytes).digest('hex') }] as const;
    });
    assert.deepEqual(Object.fromEntries(digests), expected['written-by-python']);
  });

  describe('of 16 bits', () => {
    const bits = Uint16Array.from({ length: 0x10000 }, (_, half) => half);
    async function widened(dtype: string): Promise<Float32Array> {
      const bytes = file(`{"x":${entry([256, 256], 0, 131072, dtype)}}`, 131072);
      bytes.set(new Uint8Array(bits.buffer), bytes.length - 131072);
      return (await readSafetensors(stored(bytes))).get('x')!.values;
    }

    it('F16 is (-1)^s 2^(e-15) (1 + m/1024), below e = 1 subnormal, at e = 31 infinite or NaN', async () => {
      const values = await widened('F16');
      for (const [half, value] of values.entries()) {
        const [exponent, fraction] = [(half >> 10) & 31, (half & 1023) / 1024];
        const size =
          exponent === 31
            ? fraction === 0
              ? Infinity
              : NaN
            : exponent === 0
              ? 2 ** -14 * fraction
              : 2 ** (exponent - 15) * (1 + fraction);
        const exact = half & 0x8000 ? -size : size;
        assert.ok(Object.is(value, exact), `${half.toString(16)}: ${value}, expected ${exact}`);
      }
    });

    it('BF16 is the upper half of a float32', async () => {
      const values = await widened('BF16');
      const floats = new DataView(new ArrayBuffer(4));
      for (const [half, value] of values.entries()) {
        floats.setUint32(0, half * 0x10000);
        assert.ok(Object.is(value, floats.getFloat32(0)), half.toString(16));
      }
    });

    it('a tensor longer than a chunk is read whole', async () => {
      const length = (1 << 19) + 3;
      const bytes = file(`{"x":${entry([length], 0, 2 * length, 'BF16')}}`, 2 * length);
      bytes.writeUInt16LE(0x3f80, bytes.length - 2);
      bytes.writeUInt16LE(0x4000, bytes.length - 2 * length);
      const { values } = (await readSafetensors(stored(bytes))).get('x')!;
      assert.deepEqual([values[0], values[length - 2], values[length - 1]], [2, 0, 1]);
    });
  });

  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  const one = entry([1], 0, 4);
  const broken: readonly [string, Uint8Array, RegExp][] = [
    ['an empty file', new Uint8Array(0), /is 0 bytes with a header of no bytes/],
    ['seven bytes', new Uint8Array(7), /is 7 bytes with a header of no bytes/],
    ['a header longer than the file', file('{}', 0).fill(9, 0, 1), /header of 9 bytes/],
    ['a header of 2^64 - 1 bytes', file('{}', 0).fill(255, 0, 8), /header of 18446744073709551615 bytes/],
    ['a header above a megabyte', file(' '.repeat((1 << 20) + 8), 0), /at most 1048576/],
    ['a header that is no JSON', file('{"a"', 0), /no JSON object/],
    ['a header that starts with a space', file(' {}', 0), /no JSON object/],
    ['a header that is no UTF-8', file('{"?":{}}', 0).fill(255, 10, 11), /no JSON object/],
    ['a list as header', file('[]', 0), /no JSON object/],
    [
      'an unknown dtype',
      file(`{"a":${entry([1], 0, 2, 'F20')}}`, 2),
      /\/a\/dtype: is "F20", expected one of BOOL/,
    ],
    [
      'integers',
      file(`{"a":${entry([1], 0, 8, 'I64')}}`, 8),
      /\/a\/dtype: is "I64", expected "F32", "F16" or "BF16"/,
    ],
    [
      'a negative extent',
      file(`{"a":${entry([-1], 0, 4)}}`, 4),
      /\/a\/shape: is \[-1\], expected a list of counts/,
    ],
    ['half an extent', file(`{"a":${entry([0.5], 0, 2)}}`, 2), /\/a\/shape: is \[0\.5\]/],
    [
      'an extent above 2^53',
      file('{"a":{"dtype":"F32","shape":[9007199254740993]}}', 4),
      /\/a\/shape: is \[9007/,
    ],
    [
      'a shape of 2^64 bytes',
      file(`{"a":${entry([2 ** 31, 2 ** 31, 0], 0, 0)}}`, 0),
      /expected below 2\^64 bytes/,
    ],
    ['no shape', file('{"a":{"dtype":"F32"}}', 4), /\/a\/shape: is missing/],
    [
      'a shape nested deeply',
      file(`{"a":{"dtype":"F32","shape":${nested(4e5)}}}`, 4),
      /shape: is a nested list/,
    ],
    ['no offsets', file('{"a":{"dtype":"F32","shape":[1]}}', 4), /\/a\/data_offsets: is missing/],
    ['three offsets', file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}', 4), /is \[0,4,8\]/],
    ['offsets beyond the data', file(`{"a":${entry([2], 0, 8)}}`, 4), /expected \[0, 8\] within 4 bytes/],
    ['offsets that disagree with the shape', file(`{"a":${entry([3], 0, 8)}}`, 8), /expected \[0, 12\]/],
    ['an end before its begin', file(`{"a":${entry([1], 4, 0)}}`, 4), /is \[4, 0\], expected \[0, 4\]/],
    [
      'overlapping tensors',
      file(`{"a":${entry([2], 0, 8)},"b":${entry([1], 4, 8)}}`, 8),
      /\/b\/data_offsets/,
    ],
    [
      'a hole',
      file(`{"a":${one},"b":${entry([1], 8, 12)}}`, 12),
      /\/b\/data_offsets: is \[8, 12\], expected \[4, 8\]/,
    ],
    ['trailing bytes', file(`{"a":${one}}`, 8), /8 bytes of data, its header describes 4/],
    ['null as a tensor', file('{"a":null}', 0), /\/a\/dtype: is missing/],
    ['a tensor twice', file(`{"a":${one},"b":${entry([1], 4, 8)},"a":${one}}`, 8), /\/a: stands twice/],
    ['a tensor twice, once escaped', file(`{"a":${one},"\\u0061" :${one}}`, 4), /\/a: stands twice/],
    ['two dtypes', file(`{"a":{"dtype":"F16",${one.slice(1)}}`, 4), /\/dtype: stands twice/],
    [
      'metadata of numbers',
      file('{"__metadata__":{"a":1}}', 0),
      /\/__metadata__: is an object, expected an object of str/,
    ],
  ];
  for (const [what, bytes, message] of broken) {
    it(`refuses ${what}, naming the file`, () => refused(stored(bytes), message));
  }

  it('takes no text that looks like keys for keys', async () => {
    const strings = JSON.stringify({ __metadata__: { a: '"a": {', b: '{"a":1,"a":2}', 'a\\': '\\"}' } });
    assert.equal((await readSafetensors(stored(file(strings, 0)))).size, 0);
  });

  it('refuses a file that is not there and a folder, naming them', async () => {
    await refused(join(folder, 'nowhere'), /cannot be read \(ENOENT/);
    await refused(folder, /cannot be read \(EISDIR/);
  });

  describe('of files with random faults', () => {
    const whole = Buffer.from(
      writeSafetensors([set, paramSet('lora', [{ name: 'none', shape: [0, 5], values: [] }])], { k: 'v' }),
    );
    const data = 28;

    /** A file loads as tensors that are its data from end to end, or is refused: nothing else. */
    async function loadsOrIsRefused(bytes: Buffer): Promise<void> {
      let tensors;
      try {
        tensors = await readSafetensors(stored(bytes));
      } catch (thrown) {
        assert.ok(thrown instanceof UserError, String(thrown));
        return;
      }
      const read = Buffer.concat([...tensors.values()].map(({ values }) => Buffer.from(values.buffer)));
      assert.deepEqual(read, bytes.subarray(8 + Number(bytes.readBigUInt64LE(0))));
    }

    it('reads or refuses a file with bytes replaced, put in or taken out', async () => {
      const fault = fc.record({
        at: fc.nat(whole.length - data - 1),
        removed: fc.nat(3),
        put: fc.oneof(
          fc.constantFrom(
            '0',
            '9',
            '-',
            '"',
            '{',
            '}',
            '[',
            ']',
            ',',
            ':',
            'e',
            '.',
            ' ',
            '\\',
            '"a":',
            'F16',
          ),
          fc.string({ unit: 'binary-ascii', maxLength: 3 }),
        ),
        lengthMended: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(fault, async ({ at, removed, put, lengthMended }) => {
          const bytes = Buffer.concat([
            whole.subarray(0, at),
            Buffer.from(put),
            whole.subarray(at + removed),
          ]);
          if (lengthMended && bytes.length >= 8 + data)
            bytes.writeBigUInt64LE(BigInt(bytes.length - 8 - data));
          await loadsOrIsRefused(bytes);
        }),
        { numRuns: 600, seed: 20 },
      );
    });

    it('reads or refuses a file cut off or drawn out anywhere', async () => {
      for (let length = 0; length < whole.length; length++) {
        await assert.rejects(readSafetensors(stored(whole.subarray(0, length))), UserError);
      }
      await assert.rejects(readSafetensors(stored(Buffer.concat([whole, Buffer.alloc(1)]))), UserError);
    });

    it('reads or refuses any header of sound form', async () => {
      const count = fc.oneof(fc.nat(8), fc.constantFrom(-1, 0.5, 2 ** 32, 2 ** 53, 1e300, 4, 8, 12));
      const tensor = fc.record({
        dtype: fc.constantFrom('F32', 'F32', 'F32', 'I64', 'F4', null),
        shape: fc.array(count, { maxLength: 3 }),
        data_offsets: fc.array(count, { minLength: 2, maxLength: 2 }),
      });
      const headers = fc.dictionary(fc.string({ maxLength: 2 }), tensor, { maxKeys: 3 });
      await fc.assert(
        fc.asyncProperty(headers, fc.nat(12), async (header, dataBytes) => {
          await loadsOrIsRefused(file(JSON.stringify(header), dataBytes));
        }),
        { numRuns: 600, seed: 20 },
      );
    });
  });
});
