import { groupedBy } from '../../grouped.js';
import type { MessageRow } from '../rows.js';
import { blackoutsOf, type Script } from './blackouts.js';
import { common, inOrder, layered, takesTime, type Span } from './layers.js';
import type { ActivityRows, ActivityKind, Claim } from './activity.js';

/** A message with what it did from being sent to its end, in order: waiting, on the air, without a signal. */
export interface Transmission {
  readonly row: MessageRow;
  readonly pieces: readonly Claim[];
}

/**
 * What became of each message over time. A link sends one message after the other, so that a message waits until
 * the one before it has ended. With `channel.story` every attempt is known, and what lies between is waiting; else
 * a message counts as on the air from its turn to its end, its own waits between attempts included. A second copy
 * that a fault made was never on the air.
 */
export function transmissions({ messages, metrics, ...rest }: Omit<ActivityRows, 'clients'>): Transmission[] {
  const rows = { ...rest, scripts: metrics.filter((row) => row.type === 'script') };
  const sent = messages.filter(({ copyOf }) => copyOf === null).sort((a, b) => a.id - b.id);
  const links = groupedBy(sent, ({ from, to }) => `${from} ${to}`);
  return [...links.values()].flatMap((queue) => {
    let freeAtSeconds = 0;
    return queue.map((row) => {
      const pieces = piecesOf(row, freeAtSeconds, rows);
      freeAtSeconds = Math.max(freeAtSeconds, row.endedVirtualSeconds ?? rows.endSeconds);
      return { row, pieces };
    });
  });
}

function piecesOf(row: MessageRow, freeAtSeconds: number, rows: Script & { endSeconds: number }): Claim[] {
  const { id, stage, round, step, sentVirtualSeconds } = row;
  const endSeconds = row.endedVirtualSeconds ?? rows.endSeconds;
  const about = { stage, round, step, message: id, faults: [] };
  const claim = (kind: ActivityKind, span: Span): Claim => ({ ...about, kind, ...span });
  const onAir = onAirSpans(row, freeAtSeconds, rows.endSeconds);
  const dark = blackoutsOf(row, rows);
  const blackout = onAir.flatMap((span) =>
    dark
      .map((silence) => ({ ...claim('blackout', common(span, silence)), faults: [silence.pointer] }))
      .filter(takesTime),
  );
  const whole = { fromSeconds: sentVirtualSeconds, toSeconds: endSeconds };
  return layered([
    blackout,
    onAir.map((span) => claim('on-the-air', span)),
    [claim('waits-for-link', whole)],
  ]);
}

/** When a message was on the air; a message that no attempt was made at never was. */
function onAirSpans(row: MessageRow, freeAtSeconds: number, runSeconds: number): Span[] {
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
