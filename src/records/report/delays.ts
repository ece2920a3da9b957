import type { Direction } from '../../radio/channel/directions/settings.js';
import { sum } from '../../moments.js';
import type { RunRecords } from '../read.js';
import type { MessageRow } from '../rows.js';
import { delayLaw, type LawOrReason } from './closed-form-delay.js';
import { groupedBy } from '../../grouped.js';

/** The delays of the delivered messages of one kind and size, in ascending order. */
export interface DelaySample {
  readonly kind: string;
  readonly direction: Direction;
  readonly bits: number;
  readonly seconds: readonly number[];
  readonly expected: LawOrReason;
}

/** Fewer messages say little about a distribution. */
export const leastMessages = 8;

const allotted = 'each update has a bandwidth and a power of its own';

/** One entry for each direction, kind and size with enough delivered messages; copies do not count. */
export function delaySamples({
  manifest,
  messages,
}: Pick<RunRecords, 'manifest' | 'messages'>): DelaySample[] {
  const ids = manifest.clients.map(({ id }) => id);
  const arrived = messages.filter(
    ({ outcome, copyOf, bits, delaySeconds }) =>
      outcome === 'delivered' && copyOf === null && bits > 0 && delaySeconds !== null,
  );
  const groups = groupedBy(arrived, ({ kind, from, bits }) =>
    JSON.stringify([kind, directionOf(from), bits]),
  );
  const laws = new Map<string, LawOrReason>();
  const lawOf = (bits: number, direction: Direction): LawOrReason => {
    const key = `${direction} ${bits}`;
    const known = laws.get(key) ?? delayLaw(bits, manifest.scenario, direction, ids);
    laws.set(key, known);
    return known;
  };
  return [...groups.values()].flatMap((rows) => {
    if (rows.length < leastMessages) return [];
    const { kind, from, bits } = rows[0]!;
    const direction = directionOf(from);
    const seconds = rows.flatMap(({ delaySeconds }) => delaySeconds ?? []).sort((a, b) => a - b);
    const isAllotted = rows.some(({ allotment }) => allotment !== undefined);
    const expected = isAllotted ? { why: allotted } : lawOf(bits, direction);
    return [{ kind, direction, bits, seconds, expected }];
  });
}

/** Which way a message went, by who sent it. */
export function directionOf(from: MessageRow['from']): Direction {
  return from === 'server' ? 'downlink' : 'uplink';
}

/** A point of a distribution function. */
export interface CdfPoint {
  readonly seconds: number;
  readonly share: number;
}

/** The empirical distribution function as the corners of a staircase that jumps at each sorted value. */
export function empiricalCdf(sorted: readonly number[]): CdfPoint[] {
  const start = sorted.length === 0 ? [] : [{ seconds: sorted[0]!, share: 0 }];
  return [...start, ...sorted.map((seconds, index) => ({ seconds, share: (index + 1) / sorted.length }))];
}

/** Kolmogorov and Smirnov's distance: the widest gap between the sorted sample and a continuous law. */
export function widestGap(sorted: readonly number[], cdf: (seconds: number) => number): number {
  return sorted.reduce((widest, seconds, index) => {
    const expected = cdf(seconds);
    const [below, above] = [index / sorted.length, (index + 1) / sorted.length];
    return Math.max(widest, Math.abs(expected - below), Math.abs(expected - above));
  }, 0);
}

export function meanAndSd(values: readonly number[]): { readonly mean: number; readonly sd: number } {
  const mean = sum(values) / values.length;
  const squares = sum(values.map((value) => (value - mean) ** 2));
  return { mean, sd: Math.sqrt(squares / Math.max(values.length - 1, 1)) };
}
