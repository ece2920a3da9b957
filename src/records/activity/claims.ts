import { floats } from '../../growing.js';
import { partitionIndex } from './partition-point.js';
import { SpanColumns, type NumberedSpan } from './span-columns.js';

/**
 * What one actor does of one kind, whatever else it does: spans that may overlap, by the time at which they begin and
 * then by their sources. It knows from when on it has changed.
 */
export class Claims {
  readonly spans = new SpanColumns();
  /** The latest end of a span and of those before it. */
  readonly #reach = floats();
  readonly #comesAfter: (source: number, other: number) => boolean;
  #changedSeconds = Infinity;

  /** `comesAfter` tells in which order two sources stand whose spans begin together. */
  constructor(comesAfter = (source: number, other: number) => source > other) {
    this.#comesAfter = comesAfter;
  }

  /** From when on it has changed since this was asked last; Infinity where it has not. */
  takeChange(): number {
    const seconds = this.#changedSeconds;
    this.#changedSeconds = Infinity;
    return seconds;
  }

  add(span: NumberedSpan): void {
    const { spans } = this;
    const index = partitionIndex(spans.length, (each) => {
      const seconds = spans.fromSeconds(each) - span.fromSeconds;
      return seconds < 0 || (seconds === 0 && !this.#comesAfter(spans.source(each), span.source));
    });
    spans.insert(index, span);
    this.#reach.push(0);
    this.#changed(index, span.fromSeconds);
  }

  endAt(index: number, seconds: number): void {
    this.spans.endAt(index, seconds);
    this.#changed(index, this.spans.fromSeconds(index));
  }

  /** Takes away what is of a source and begins at a time or later. */
  removeOf(source: number, fromSeconds: number): void {
    for (let index = this.spans.length - 1; index >= this.spans.begunBefore(fromSeconds); index--) {
      if (this.spans.source(index) !== source) continue;
      const seconds = this.spans.fromSeconds(index);
      this.spans.remove(index);
      this.#reach.truncate(this.spans.length);
      this.#changed(index, seconds);
    }
  }

  /** The first that ends after a time: all before it have ended by then. */
  firstAfter(seconds: number): number {
    return this.#reach.countUpTo(seconds);
  }

  #changed(index: number, seconds: number): void {
    this.#changedSeconds = Math.min(this.#changedSeconds, seconds);
    let reach = index === 0 ? -Infinity : this.#reach.at(index - 1);
    for (let each = index; each < this.spans.length; each++) {
      reach = Math.max(reach, this.spans.toSeconds(each));
      this.#reach.set(each, reach);
    }
  }
}
