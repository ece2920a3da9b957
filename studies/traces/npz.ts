import { inflateRawSync } from 'node:zlib';
import { UserError } from '../../src/errors.js';

/** An array of NumPy in C order; of complex numbers real and imaginary parts follow each other. */
export interface NumpyArray {
  readonly shape: readonly number[];
  readonly isComplex: boolean;
  readonly values: Float64Array;
}

/**
 * The arrays of a file that numpy.savez or savez_compressed wrote, by their names: float32, float64, complex64
 * and complex128, little-endian. UserError for anything else.
 */
export function readNpz(bytes: Buffer, file: string): ReadonlyMap<string, NumpyArray> {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0) throw new UserError(`${file}: is no .npz file, expected what numpy.savez writes`);
  const arrays = new Map<string, NumpyArray>();
  let entry = bytes.readUInt32LE(end + 16);
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count--) {
    const [method, packed] = [bytes.readUInt16LE(entry + 10), bytes.readUInt32LE(entry + 20)];
    const [nameLength, extra, comment] = [28, 30, 32].map((at) => bytes.readUInt16LE(entry + at)) as [
      number,
      number,
      number,
    ];
    const name = bytes.toString('utf8', entry + 46, entry + 46 + nameLength);
    const local = bytes.readUInt32LE(entry + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const data = bytes.subarray(start, start + packed);
    arrays.set(
      name.replace(/\.npy$/, ''),
      arrayOf(method === 0 ? data : inflateRawSync(data), `${file}: ${name}`),
    );
    entry += 46 + nameLength + extra + comment;
  }
  return arrays;
}

/** The .npy format (numpy.lib.format, versions 1 and 2). */
function arrayOf(npy: Buffer, place: string): NumpyArray {
  const isLong = npy[6] !== 1;
  const headerAt = isLong ? 12 : 10;
  const dataAt = headerAt + (isLong ? npy.readUInt32LE(8) : npy.readUInt16LE(8));
  const header = npy.toString('latin1', headerAt, dataAt);
  const [, descr = '', kind = '', size = ''] = /'descr': '(<([fc])(\d+))'/.exec(header) ?? [];
  const width = Number(size) / (kind === 'c' ? 2 : 1);
  if ((width !== 4 && width !== 8) || /'fortran_order': True/.test(header)) {
    throw new UserError(
      `${place}: is ${descr || header.trim()}, expected float or complex numbers in C order`,
    );
  }
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((one) => one.trim() !== '')
    .map(Number);
  const count = (npy.length - dataAt) / width;
  const read = (at: number) => (width === 4 ? npy.readFloatLE(at) : npy.readDoubleLE(at));
  return {
    shape,
    isComplex: kind === 'c',
    values: Float64Array.from({ length: count }, (_, i) => read(dataAt + i * width)),
  };
}
