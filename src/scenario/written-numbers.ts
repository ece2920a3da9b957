import { visit, type Document } from 'yaml';
import { clipped } from '../settings/problem.js';

/** A number of a text that cannot be held as it is written there. */
export interface MisheldNumber {
  /** As written. */
  readonly literal: string;
  /** What would be taken in its place. */
  readonly held: number;
  /** Characters before it. */
  readonly offset: number;
}

/** What is wrong with it, for a line that begins with where it stands. */
export function misheldWords({ literal, held }: MisheldNumber): string {
  const most = Number.MAX_SAFE_INTEGER;
  return (
    `is ${clipped(literal)}, which would be read as ${held}, expected a number that is read as written, ` +
    `from -${most} to ${most}`
  );
}

/** Those of a text that is valid JSON. */
export function misheldInJson(text: string): MisheldNumber[] {
  const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
  return [...text.matchAll(stringOrNumber)]
    .filter(([literal]) => !literal.startsWith('"'))
    .map(({ 0: literal, index }) => ({ literal, held: Number(literal), offset: index }))
    .filter(isMisheld);
}

/** Those of a YAML document's values; infinities and NaN by name are as written. */
export function misheldInYaml(document: Document): MisheldNumber[] {
  const numbers: MisheldNumber[] = [];
  visit(document, {
    Scalar: (key, { value, source = '', range }) => {
      if (key === 'key' || typeof value !== 'number' || !/\d/.test(source)) return;
      numbers.push({ literal: source, held: value, offset: range?.[0] ?? 0 });
    },
  });
  return numbers.filter(isMisheld);
}

/**
 * Doubles hold no whole number beyond ±(2^53 − 1) for sure and none beyond 1.8e308 at all; what is so close to
 * a whole number that they hold that one instead (or 0) is none of theirs either. With an exponent a number is
 * one of measure, and may be as large as a double that is written alike, 1e30. The digits of any other fraction
 * are rounded to some sixteen, as everywhere.
 */
function isMisheld({ literal, held }: MisheldNumber): boolean {
  const isUnsafe = Math.abs(held) > Number.MAX_SAFE_INTEGER;
  if (/^[-+]?0[xo]/.test(literal) || (isUnsafe && !/e/i.test(literal))) return isUnsafe;
  const isFraction = Number.isFinite(held) && !Number.isInteger(held);
  return !isFraction && valueOf(literal) !== valueOf(String(held));
}

/** A decimal number as its digits without outer zeros and a power of ten; null for what is none. */
function valueOf(literal: string): string | null {
  const decimal = /^[-+]?(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/.exec(literal);
  if (decimal === null) return null;
  const [, whole = '', fraction = '', exponent = '0'] = decimal;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return significant === '' ? '0' : `${significant}e${power}`;
}
