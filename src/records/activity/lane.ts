import type { Stage } from '../../../machines/protocol.js';
import type { Activity, ActivityKind, Lane } from './activity.js';
import type { Claims } from './claims.js';
import type { Span } from './layers.js';
import { partitionIndex } from './partition-point.js';
import { SpanColumns } from './span-columns.js';

/** What stands where an actor does several things at once, first what counts most. */
export const clientPriority = ['off', 'training', 'blackout', 'on-the-air', 'waits-for-link'] as const;
/** The server is on the air where it sends to anybody, whoever else has no signal. */
export const serverPriority = ['aggregating', 'on-the-air', 'blackout', 'waits-for-link'] as const;

/** What a lane does not know of its spans. */
export interface LaneContext {
  /** Until when the run has come: there all of them end. */
  endSeconds(): number;
  /** One of them in full. */
  activity(spans: SpanColumns, index: number): Activity;
}

/** Where a lane is put together; it may be used again and again. */
export interface Scratch {
  readonly above: SpanColumns;
  readonly below: SpanColumns;
}

/** A lane in columns, which is made anew from a time on where its claims have changed. */
export class ClaimedLane implements Lane {
  readonly actor: string;
  readonly #claims: readonly Claims[];
  readonly #context: LaneContext;
  readonly #spans = new SpanColumns();

  /** `claims` by what counts most. */
  constructor(actor: string, claims: readonly Claims[], context: LaneContext) {
    this.actor = actor;
    this.#claims = claims;
    this.#context = context;
  }

  /** Nothing has changed before `anewSeconds`; `idle` is what stands where there are no claims. */
  redo(anewSeconds: number, idle: SpanColumns, scratch: Scratch): void {
    const spans = this.#spans;
    const begun = spans.begunBefore(anewSeconds);
    const isCut = begun > 0 && spans.toSeconds(begun - 1) > anewSeconds;
    const kept = isCut ? begun - 1 : begun;
    const fromSeconds = isCut ? spans.fromSeconds(kept) : anewSeconds;
    spans.truncate(kept);
    let [above, below] = [scratch.above, scratch.below];
    above.truncate(0);
    const lay = (layer: SpanColumns, first: number) => {
      layUnder(above, layer, { first, fromSeconds }, below);
      [above, below] = [below, above];
    };
    for (const claims of this.#claims) lay(claims.spans, claims.firstAfter(fromSeconds));
    lay(
      idle,
      partitionIndex(idle.length, (index) => idle.toSeconds(index) <= fromSeconds),
    );
    spans.pushAll(above);
  }

  get length(): number {
    return this.#spans.begunBefore(this.#context.endSeconds());
  }

  get activities(): readonly Activity[] {
    return Array.from({ length: this.length }, (_, index) => this.activity(index));
  }

  activity(index: number): Activity {
    return this.#context.activity(this.#spans, index);
  }

  kind(index: number): ActivityKind {
    return this.#spans.kind(index);
  }

  stage(index: number): Stage | null {
    return this.kind(index) === 'off' ? this.activity(index).stage : this.#spans.stage(index);
  }

  fromSeconds(index: number): number {
    return this.#spans.fromSeconds(index);
  }

  toSeconds(index: number): number {
    return Math.min(this.#spans.toSeconds(index), this.#context.endSeconds());
  }

  range({ fromSeconds, toSeconds }: Span): readonly [from: number, to: number] {
    const { length } = this;
    return [
      partitionIndex(length, (index) => this.toSeconds(index) <= fromSeconds),
      partitionIndex(length, (index) => this.fromSeconds(index) < toSeconds),
    ];
  }

  during(span: Span): readonly Activity[] {
    const [from, to] = this.range(span);
    return Array.from({ length: Math.max(0, to - from) }, (_, index) => this.activity(from + index));
  }
}

/**
 * Puts together, from a time on, what is above, which does not overlap, and where that leaves room what a layer has
 * from its span `first` on. In a layer what began first goes on until it ends. What takes no time is left out.
 */
function layUnder(
  above: SpanColumns,
  layer: SpanColumns,
  { first, fromSeconds }: { readonly first: number; readonly fromSeconds: number },
  both: SpanColumns,
): void {
  both.truncate(0);
  let next = 0;
  /** Until when there is something already. */
  let doneSeconds = fromSeconds;
  const pushAbove = () => {
    both.pushPart(above, next, above.fromSeconds(next), above.toSeconds(next));
    doneSeconds = Math.max(doneSeconds, above.toSeconds(next++));
  };
  for (let index = first; index < layer.length; index++) {
    const toSeconds = layer.toSeconds(index);
    if (toSeconds <= doneSeconds) continue;
    const begunSeconds = Math.max(layer.fromSeconds(index), doneSeconds);
    while (next < above.length && above.fromSeconds(next) <= begunSeconds) pushAbove();
    let atSeconds = Math.max(begunSeconds, doneSeconds);
    while (next < above.length && above.fromSeconds(next) < toSeconds) {
      if (above.fromSeconds(next) > atSeconds)
        both.pushPart(layer, index, atSeconds, above.fromSeconds(next));
      pushAbove();
      atSeconds = doneSeconds;
    }
    if (toSeconds <= atSeconds) continue;
    both.pushPart(layer, index, atSeconds, toSeconds);
    doneSeconds = toSeconds;
  }
  while (next < above.length) pushAbove();
}
