/**
 * JSON that means what the value meant: numbers that JSON cannot express (NaN, Infinity) and undefined are
 * refused with the place they stand at, instead of becoming null or vanishing. Keys keep their order. Throws
 * a RangeError.
 */
export function exactJson(value: unknown, what: string, indent?: number): string {
  const scalar = scalarText(value);
  if (scalar !== null) return scalar;
  // Where it stands is asked only where something is wrong: every row comes by here.
  if (!isExact(value)) refuseInexact(value, what);
  return JSON.stringify(value, null, indent);
}

/** {@link exactJson} with the keys of all objects sorted, so that equal values give equal text; some of its own keys left out. */
export function canonicalJson(value: unknown, what: string, without: readonly string[] = []): string {
  const text = canonicalText(value, without);
  if (text === null) refuseInexact(value, what);
  return text!;
}

/** Written at once: a copy with sorted keys would be made for each row. Null where JSON cannot express it. */
function canonicalText(value: unknown, without: readonly string[] = []): string | null {
  if (typeof value !== 'object' || value === null) return scalarText(value);
  if (ArrayBuffer.isView(value)) return null;
  if (Array.isArray(value)) return arrayText(value);
  return objectText(value as Readonly<Record<string, unknown>>, without);
}

function arrayText(values: readonly unknown[]): string | null {
  let text = '';
  for (const value of values) {
    const each = canonicalText(value);
    if (each === null) return null;
    text += `${text === '' ? '' : ','}${each}`;
  }
  return `[${text}]`;
}

function objectText(from: Readonly<Record<string, unknown>>, without: readonly string[]): string | null {
  let text = '';
  for (const key of sortedNames(from)) {
    if (without.includes(key)) continue;
    const value = canonicalText(from[key]);
    if (value === null) return null;
    text += `${text === '' ? '' : ','}${quoted(key)}:${value}`;
  }
  return `{${text}}`;
}

/** In alphabetical order, behind those that are whole numbers: these come first in every object. */
function sortedNames(from: object): readonly string[] {
  const names = Object.keys(from);
  const numbers = names.findIndex((name) => !isIndex(name));
  if (numbers === -1) return names;
  return numbers === 0 ? names.sort() : [...names.slice(0, numbers), ...names.slice(numbers).sort()];
}

const isIndex = (name: string) => name === String(Number(name) >>> 0);

/** Null of an object, and of what JSON cannot express. */
function scalarText(value: unknown): string | null {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  return value === null || typeof value === 'boolean' ? String(value) : null;
}

/** Characters that JSON escapes, and halves of pairs, which it escapes where they stand alone. */
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/;

function quoted(text: string): string {
  return escaped.test(text) ? JSON.stringify(text) : `"${text}"`;
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
