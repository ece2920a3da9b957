import { sortedKeys } from '../sorted-keys.js';

/**
 * JSON that means what the value meant: numbers that JSON cannot express (NaN, Infinity) and undefined are
 * refused with the place they stand at, instead of becoming null or vanishing. Keys keep their order. Throws
 * a RangeError.
 */
export function exactJson(value: unknown, what: string, indent?: number): string {
  // Where it stands is asked only where something is wrong: every row comes by here.
  if (!isExact(value)) refuseInexact(value, what);
  return JSON.stringify(value, null, indent);
}

/** {@link exactJson} with sorted keys, so that equal values give equal text. */
export function canonicalJson(value: unknown, what: string): string {
  return exactJson(sortedKeys(value), what);
}

function isExact(value: unknown): boolean {
  if (typeof value === 'object') {
    if (value === null) return true;
    return !ArrayBuffer.isView(value) && Object.values(value).every(isExact);
  }
  return typeof value === 'number' ? Number.isFinite(value) : isText(value);
}

const isText = (value: unknown) => typeof value === 'string' || typeof value === 'boolean';

function refuseInexact(value: unknown, place: string): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError(`${place}: is ${value}, expected a finite number`);
  }
  if (value === undefined || typeof value === 'function' || typeof value === 'bigint') {
    throw new RangeError(`${place}: is ${typeof value}, expected a value that JSON can express`);
  }
  if (ArrayBuffer.isView(value)) {
    throw new RangeError(`${place}: is a typed array, expected its handle: tensors do not go into records`);
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) refuseInexact(inner, `${place}/${key}`);
}
