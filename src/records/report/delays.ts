import type { Direction } from '../../radio/channel/directions/settings.js';
import { sum } from '../../moments.js';
import { floats, integers } from '../../growing.js';
import type { Manifest } from '../manifest.js';
import type { RowReader } from '../row-reader.js';
import type { MessageRow } from '../rows.js';
import { delayLaw, type LawOrReason } from './closed-form-delay.js';

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

/** A delivered message as a tick of a chart. */
export interface Tick {
  readonly kind: string;
  readonly direction: Direction;
  readonly delaySeconds: number;
}

/** Keeps the delays of delivered messages, in columns. */
export class Delays implements RowReader {
  readonly #kinds: string[] = [];
  readonly #ticks = { kind: integers(), isUp: integers(), seconds: floats() };
  readonly #groups = new Map<string, Group>();

  message(row: MessageRow): void {
    const kind = this.#numberOf(row.kind);
    const { from, outcome, delaySeconds } = row;
    if (outcome !== 'delivered' || delaySeconds === null) return;
    if (delaySeconds > 0) {
      this.#ticks.kind.push(kind);
      this.#ticks.isUp.push(Number(directionOf(from) === 'uplink'));
      this.#ticks.seconds.push(delaySeconds);
    }
    if (row.copyOf === null && row.bits > 0) this.#group(row, delaySeconds);
  }

  /** Of all messages, delivered or not. */
  get kinds(): readonly string[] {
    return this.#kinds;
  }

  /** Those that took time, copies too, in the order of their rows. */
  get ticks(): Tick[] {
    const { kind, isUp, seconds } = this.#ticks;
    return Array.from({ length: seconds.length }, (_, index) => ({
      kind: this.#kinds[kind.at(index)]!,
      direction: isUp.at(index) === 1 ? 'uplink' : 'downlink',
      delaySeconds: seconds.at(index),
    }));
  }

  /** One entry for each direction, kind and size with enough delivered messages; copies do not count. */
  samples({ clients, scenario }: Pick<Manifest, 'clients' | 'scenario'>): DelaySample[] {
    const ids = clients.map(({ id }) => id);
    const laws = new Map<string, LawOrReason>();
    const lawOf = (bits: number, direction: Direction): LawOrReason => {
      const key = `${direction} ${bits}`;
      const known = laws.get(key) ?? delayLaw(bits, scenario, direction, ids);
      laws.set(key, known);
      return known;
    };
    return [...this.#groups.values()].flatMap(({ kind, direction, bits, delays, isAllotted }) => {
      if (delays.length < leastMessages) return [];
      const seconds = Array.from({ length: delays.length }, (_, index) => delays.at(index)).sort(
        (a, b) => a - b,
      );
      const expected = isAllotted ? { why: allotted } : lawOf(bits, direction);
      return [{ kind, direction, bits, seconds, expected }];
    });
  }

  #numberOf(kind: string): number {
    const known = this.#kinds.indexOf(kind);
    return known >= 0 ? known : this.#kinds.push(kind) - 1;
  }

  #group({ kind, from, bits, allotment }: MessageRow, delaySeconds: number): void {
    const direction = directionOf(from);
    const key = `${kind} ${direction} ${bits}`;
    const group = this.#groups.get(key) ?? { kind, direction, bits, delays: floats(), isAllotted: false };
    this.#groups.set(key, group);
    group.delays.push(delaySeconds);
    group.isAllotted ||= allotment !== undefined;
  }
}

interface Group extends Pick<DelaySample, 'kind' | 'direction' | 'bits'> {
  readonly delays: ReturnType<typeof floats>;
  isAllotted: boolean;
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
