import type { Interval } from '../../interval.js';

/** A number with about three significant digits, without an exponent where that can be read; "–" for none. */
export function number(value: number | null): string {
  if (value === null) return '–';
  return value < 0 ? `−${magnitude(-value)}` : magnitude(value);
}

function magnitude(value: number): string {
  if (value === 0) return '0';
  if (value >= 1e6 || value < 1e-3) return value.toExponential(2).replace('e+', 'e');
  if (value >= 1000) return whole(Math.round(value));
  const digits = value.toPrecision(3);
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

/** A count with commas between the thousands. */
export function whole(count: number): string {
  return count.toLocaleString('en-US');
}

/** A share as a percentage with one decimal. */
export function percent(value: number | null): string {
  return value === null ? '–' : `${(100 * value).toFixed(1)} %`;
}

/** What follows a share: its interval, in per cent; nothing where there is none. */
export function interval(found: Interval | null): string {
  return found === null ? '' : ` (${(100 * found.low).toFixed(1)}–${(100 * found.high).toFixed(1)})`;
}

/** Seconds in the unit in which they are easily read. */
export function duration(seconds: number | null): string {
  if (seconds === null) return '–';
  if (seconds < 1) return `${number(1e3 * seconds)} ms`;
  if (seconds < 60) return `${number(seconds)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const twoDigits = (count: number) => String(count).padStart(2, '0');
  return hours > 0 ? `${hours} h ${twoDigits(minutes)} min` : `${minutes} min ${twoDigits(rest)} s`;
}

/** A count of bits with a decimal prefix. */
export function bits(count: number): string {
  return `${withPrefix(count)}bit`;
}

export function joules(value: number | null): string {
  return value === null ? '–' : `${number(value)} J`;
}

function withPrefix(count: number): string {
  const prefixes = ['', 'k', 'M', 'G', 'T'];
  const step = count < 1e3 ? 0 : Math.min(Math.floor(Math.log10(count) / 3), prefixes.length - 1);
  return `${number(count / 1000 ** step)} ${prefixes[step]}`;
}
