import { blackoutsOf, type Script } from './blackouts.js';
import { common, inOrder, layered, takesTime, type Span } from './layers.js';
import { partitionPoint } from './partition-point.js';
import type { ActivityKind, Claim, SentMessage } from './activity.js';

/** The messages of a link. */
interface Queue {
  /** By id, as they were sent. */
  readonly rows: SentMessage[];
  /** When the link had done with all those before each. */
  readonly freeAtSeconds: number[];
}

/** A link sends one message after the other: the messages of every link, whose rows may come in any order. */
export class Queues {
  readonly #queues = new Map<string, Queue>();

  /**
   * Takes in a message; returns it and those behind it, as their turn may have changed. Of one that is under way
   * the link is not free before `endSeconds`.
   */
  add(row: SentMessage, endSeconds: number): readonly SentMessage[] {
    const { rows, freeAtSeconds } = this.#queueOf(row);
    const place = partitionPoint(rows, ({ id }) => id < row.id);
    rows.splice(place, 0, row);
    for (let i = place; i < rows.length; i++) {
      const before = rows[i - 1];
      const doneSeconds = before === undefined ? 0 : (before.endedVirtualSeconds ?? endSeconds);
      freeAtSeconds[i] = Math.max(freeAtSeconds[i - 1] ?? 0, doneSeconds);
    }
    return place === rows.length - 1 ? [row] : rows.slice(place);
  }

  /** When the link of a message was free for it. */
  freeAtSeconds(row: SentMessage): number {
    const { rows, freeAtSeconds } = this.#queueOf(row);
    return freeAtSeconds[partitionPoint(rows, ({ id }) => id < row.id)]!;
  }

  /** All messages, one link after the other, as each of them was first used. */
  all(): readonly SentMessage[] {
    const queues = [...this.#queues.values()].sort((a, b) => a.rows[0]!.id - b.rows[0]!.id);
    return queues.flatMap(({ rows }) => rows);
  }

  #queueOf({ from, to }: SentMessage): Queue {
    const link = `${from} ${to}`;
    const queue = this.#queues.get(link) ?? { rows: [], freeAtSeconds: [] };
    this.#queues.set(link, queue);
    return queue;
  }
}

/**
 * What a message did from being sent to its end, in order: waiting, on the air, without a signal. It waits until the
 * one before it on its link has ended. With `channel.story` every attempt is known, and what lies between is waiting;
 * else it counts as on the air from its turn to its end, its own waits between attempts included.
 */
export function piecesOf(
  row: SentMessage,
  freeAtSeconds: number,
  rows: Script & { readonly endSeconds: number },
): Claim[] {
  const { id, stage, round, step, sentVirtualSeconds } = row;
  const endSeconds = row.endedVirtualSeconds ?? rows.endSeconds;
  // Written out: this is called for every message of a run.
  const claim = (kind: ActivityKind, { fromSeconds, toSeconds }: Span): Claim => {
    return { kind, fromSeconds, toSeconds, stage, round, step, message: id, faults: [] };
  };
  const onAir = onAirSpans(row, freeAtSeconds, rows.endSeconds);
  const dark = blackoutsOf(row, rows);
  const blackout = onAir.flatMap((span) =>
    dark
      .map((silence) => ({ ...claim('blackout', common(span, silence)), faults: [silence.pointer] }))
      .filter(takesTime),
  );
  const [first] = onAir;
  if (first?.toSeconds === endSeconds && onAir.length === 1 && dark.length === 0) {
    // As most are: it waits, then it is on the air.
    const wait = { fromSeconds: sentVirtualSeconds, toSeconds: first.fromSeconds };
    return [claim('waits-for-link', wait), claim('on-the-air', first)].filter(takesTime);
  }
  const whole = { fromSeconds: sentVirtualSeconds, toSeconds: endSeconds };
  return layered([
    blackout,
    onAir.map((span) => claim('on-the-air', span)),
    [claim('waits-for-link', whole)],
  ]);
}

/** When a message was on the air; a message that no attempt was made at never was. */
function onAirSpans(row: SentMessage, freeAtSeconds: number, runSeconds: number): Span[] {
  const { sentVirtualSeconds, endedVirtualSeconds, onAirSeconds, attempts, outcome, story } = row;
  if (outcome === 'dropped' && attempts === 0) return [];
  const toSeconds = endedVirtualSeconds ?? runSeconds;
  const known = (story ?? []).map(({ atSeconds, seconds }) => ({
    fromSeconds: atSeconds,
    toSeconds: atSeconds + seconds,
  }));
  const last = known.at(-1);
  if (last === undefined) {
    const latest = Math.max(sentVirtualSeconds, toSeconds - onAirSeconds);
    const fromSeconds = Math.min(Math.max(sentVirtualSeconds, freeAtSeconds), latest);
    return [{ fromSeconds, toSeconds }].filter(takesTime);
  }
  // What follows the last attempt: of a delayed message its way, of one in flight an attempt that has not ended.
  const rest = { fromSeconds: last.toSeconds, toSeconds };
  return inOrder([...known, ...(outcome === 'dropped' ? [] : [rest])].filter(takesTime));
}
