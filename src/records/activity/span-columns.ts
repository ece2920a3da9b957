import { stages, type Stage } from '../../../machines/protocol.js';
import { floats, integers } from '../../growing.js';
import { partitionIndex } from './partition-point.js';
import type { ActivityKind } from './activity.js';
import type { Span } from './layers.js';

const kinds: readonly ActivityKind[] = [
  'training',
  'on-the-air',
  'waits-for-link',
  'blackout',
  'waits-for-others',
  'waits-for-deadline',
  'off',
  'aggregating',
];

/** A span of one kind, and what it is of, by number. */
export interface NumberedSpan extends Span {
  readonly kind: ActivityKind;
  readonly stage: Stage | null;
  /** Index of a row of metrics.jsonl; of what a message does its id; of waiting the index of a version. */
  readonly source: number;
  /** Number of the pointer to the blackout that is to blame; -1 for none. */
  readonly fault: number;
}

/** Spans by the time at which they begin, in columns: 32 bytes each, where an object has several hundred. */
export class SpanColumns {
  readonly #from = floats();
  readonly #to = floats();
  readonly #kind = integers();
  /** -1 for none. */
  readonly #stage = integers();
  readonly #source = integers();
  readonly #fault = integers();
  readonly #columns = [this.#from, this.#to, this.#kind, this.#stage, this.#source, this.#fault];

  get length(): number {
    return this.#from.length;
  }

  fromSeconds(index: number): number {
    return this.#from.at(index);
  }

  toSeconds(index: number): number {
    return this.#to.at(index);
  }

  kind(index: number): ActivityKind {
    return kinds[this.#kind.at(index)]!;
  }

  stage(index: number): Stage | null {
    return stages[this.#stage.at(index)] ?? null;
  }

  source(index: number): number {
    return this.#source.at(index);
  }

  fault(index: number): number {
    return this.#fault.at(index);
  }

  push(span: NumberedSpan): void {
    this.insert(this.length, span);
  }

  insert(index: number, { fromSeconds, toSeconds, kind, stage, source, fault }: NumberedSpan): void {
    this.#from.insert(index, fromSeconds);
    this.#to.insert(index, toSeconds);
    this.#kind.insert(index, kinds.indexOf(kind));
    this.#stage.insert(index, stage === null ? -1 : stages.indexOf(stage));
    this.#source.insert(index, source);
    this.#fault.insert(index, fault);
  }

  /** Adds a span of others, as far as it lies between two times. */
  pushPart(others: SpanColumns, index: number, fromSeconds: number, toSeconds: number): void {
    this.#from.push(fromSeconds);
    this.#to.push(toSeconds);
    this.#kind.push(others.#kind.at(index));
    this.#stage.push(others.#stage.at(index));
    this.#source.push(others.#source.at(index));
    this.#fault.push(others.#fault.at(index));
  }

  pushAll(others: SpanColumns): void {
    for (let i = 0; i < others.length; i++) this.pushPart(others, i, others.#from.at(i), others.#to.at(i));
  }

  endAt(index: number, seconds: number): void {
    this.#to.set(index, seconds);
  }

  remove(index: number): void {
    for (const column of this.#columns) column.remove(index);
  }

  /** Leaves the first so many. */
  truncate(length: number): void {
    for (const column of this.#columns) column.truncate(length);
  }

  /** How many begin before a time. */
  begunBefore(seconds: number): number {
    return partitionIndex(this.length, (index) => this.#from.at(index) < seconds);
  }
}
