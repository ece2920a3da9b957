import { stageAfter, type Stage } from '../../../machines/protocol.js';
import { floats } from '../../growing.js';
import type { ClosedRound } from './activity.js';
import type { Claims } from './claims.js';
import type { Span } from './layers.js';
import { partitionPoint } from './partition-point.js';
import { SpanColumns } from './span-columns.js';

/** The time in which one version of the global model was the newest: a round, from the close of the one before. */
export interface VersionSpan extends Span {
  /** The round that was open; null after the last. */
  readonly stage: Stage | null;
  readonly round: number | null;
  /** What closed it; null where nothing did: the run ended first. */
  readonly closedBy: 'answers' | 'deadline' | null;
  /** The clients of its cohort; none of a round that was not closed. */
  readonly members: readonly string[];
}

/** The rounds of a run one after the other, and what there is to wait for in each. */
export class Versions {
  /** Waiting where an actor has nothing else to do; of a `source` that is the version's index. */
  readonly idle = new SpanColumns();
  readonly #stages: readonly Stage[];
  /** The last is open, and has no end. */
  readonly #spans: VersionSpan[];
  /** Until when anybody is busy of those that began before a version's end. */
  readonly #busyUntil = floats();
  #changedSeconds = 0;

  constructor(stages: readonly Stage[]) {
    this.#stages = stages;
    this.#spans = [open(stages[0]!, 1, 0)];
  }

  close({ stage, round, virtualSeconds: toSeconds, verdict, closedBy, members }: ClosedRound): void {
    const { fromSeconds } = this.#spans.pop()!;
    this.#changedSeconds = Math.min(this.#changedSeconds, fromSeconds);
    const next = verdict === 'continue' ? stage : stageAfter(stage, this.#stages);
    const following = next === null ? null : next === stage ? round + 1 : 1;
    this.#spans.push({ stage, round, closedBy, members, fromSeconds, toSeconds });
    this.#spans.push(open(next, following, toSeconds));
  }

  /** All of them; together they last as long as the run. */
  until(endSeconds: number): VersionSpan[] {
    return [...this.#spans.slice(0, -1), { ...this.#spans.at(-1)!, toSeconds: endSeconds }];
  }

  of(index: number): VersionSpan {
    return this.#spans[index]!;
  }

  /** The version that was open at a time; the later one where it closed then. */
  at(seconds: number): VersionSpan {
    return this.#spans[partitionPoint(this.#spans, ({ fromSeconds }) => fromSeconds <= seconds) - 1]!;
  }

  /** From when on versions have changed since this was asked last; Infinity where none has. */
  takeChange(): number {
    const seconds = this.#changedSeconds;
    this.#changedSeconds = Infinity;
    return seconds;
  }

  /**
   * Makes the waiting anew from the version on that was open at a time, and returns when that began. Who has nothing
   * else to do waits for others, as long as anybody is busy; from then on for the deadline, where that closed the
   * round.
   */
  waitAnew(changedSeconds: number, busy: readonly Claims[]): number {
    const first = partitionPoint(this.#spans, ({ toSeconds }) => toSeconds <= changedSeconds);
    const { fromSeconds: anewSeconds } = this.#spans[first]!;
    const ends = this.#latestEnds(first, busy);
    this.#busyUntil.truncate(first);
    this.idle.truncate(this.idle.begunBefore(anewSeconds));
    for (let source = first; source < this.#spans.length; source++) {
      const { stage, closedBy, fromSeconds, toSeconds } = this.#spans[source]!;
      const busyUntil = Math.max(this.#busyUntil.at(source - 1), ends[source - first]!);
      this.#busyUntil.push(busyUntil);
      const quietSeconds =
        closedBy === 'deadline' ? Math.min(toSeconds, Math.max(fromSeconds, busyUntil)) : toSeconds;
      const about = { stage, source, fault: -1 };
      if (quietSeconds > fromSeconds)
        this.idle.push({ kind: 'waits-for-others', fromSeconds, toSeconds: quietSeconds, ...about });
      if (toSeconds > quietSeconds)
        this.idle.push({ kind: 'waits-for-deadline', fromSeconds: quietSeconds, toSeconds, ...about });
    }
    return anewSeconds;
  }

  /** The latest end of what began in each version from one on; 0 where nothing did. */
  #latestEnds(first: number, busy: readonly Claims[]): Float64Array {
    const ends = new Float64Array(this.#spans.length - first);
    for (const { spans } of busy) {
      let version = first;
      for (let i = spans.begunBefore(this.#spans[first]!.fromSeconds); i < spans.length; i++) {
        while (this.#spans[version]!.toSeconds <= spans.fromSeconds(i)) version++;
        ends[version - first] = Math.max(ends[version - first]!, spans.toSeconds(i));
      }
    }
    return ends;
  }
}

function open(stage: Stage | null, round: number | null, fromSeconds: number): VersionSpan {
  return { stage, round, closedBy: null, members: [], fromSeconds, toSeconds: Infinity };
}
