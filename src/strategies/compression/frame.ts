import { crc32 } from 'node:zlib';
import { sharedFloats, type ParamSet } from '../../learning/params/param-set.js';
import { compressed, entropies, expanded, type Entropy } from './entropy.js';
import { joined, PayloadReader } from './payload.js';

/*
 * A frame: CRC-32 (four bytes, little-endian) of all that follows; one byte that says what follows; the
 * payload. The byte is the entropy code's number, 128 more where the payload is a whole set as float32.
 */

/** Bits that a frame adds to its payload. */
export const frameBits = 40;

const wholeFlag = 128;

/** A payload by itself, or entropy coded where that is shorter. */
export function framed(payload: Uint8Array, entropy: Entropy): Uint8Array {
  const code = compressed(payload, entropy);
  return withCheck(entropies.indexOf(code.entropy), code.bytes);
}

/** Error where it is no frame of a payload of at most `most` bytes, by its check or its form. */
export function unframed(bytes: Uint8Array, most: number): Uint8Array {
  const { form, payload } = checked(bytes);
  const entropy = entropies[form];
  if (entropy === undefined)
    throw new Error(`compression: form ${form}, expected 0 to ${entropies.length - 1}`);
  return expanded(payload, entropy, most);
}

/** A set as it is, for a recipient that knows no version from which a change could be told. */
export function wholeFrame({ values }: ParamSet): Uint8Array {
  return withCheck(wholeFlag, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

export const wholeBits = (parameters: number) => frameBits + 32 * parameters;

/** Error where it is no frame of a whole set with the tensors of `like`. */
export function fromWholeFrame(bytes: Uint8Array, like: ParamSet): ParamSet {
  const { form, payload } = checked(bytes);
  if (form !== wholeFlag) throw new Error(`compression: form ${form}, expected ${wholeFlag}, a whole set`);
  const reader = new PayloadReader(payload);
  const values = sharedFloats(like.values.length);
  values.set(reader.floats(values.length));
  reader.end();
  return { kind: like.kind, tensors: like.tensors, values };
}

function withCheck(form: number, payload: Uint8Array): Uint8Array {
  const content = joined(Uint8Array.of(form), payload);
  return joined(new Uint8Array(Uint32Array.of(crc32(content)).buffer), content);
}

function checked(bytes: Uint8Array): { readonly form: number; readonly payload: Uint8Array } {
  const headerBytes = frameBits / 8;
  if (bytes.byteLength < headerBytes) {
    throw new Error(`compression: ${bytes.byteLength} bytes, expected ${headerBytes} at least`);
  }
  const reader = new PayloadReader(bytes);
  const [said] = reader.integers(1);
  const found = crc32(bytes.subarray(4));
  if (said !== found) {
    throw new Error(`compression: the check of ${bytes.byteLength} bytes is ${found}, expected ${said}`);
  }
  return { form: reader.byte(), payload: bytes.subarray(headerBytes) };
}
