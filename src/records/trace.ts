import { stages, type Stage } from '../../machines/protocol.js';
import { bits, duration, joules, number } from './report/format.js';
import { isRejected, type LeftOut, type Rejected } from './fate.js';
import type { MessageRow, MetricRow, RoundRow } from './rows.js';
import type { TraceQuery } from './trace-query.js';

/** One thing that happened in a run, and in words what. */
export interface TraceEntry {
  readonly virtualSeconds: number;
  /** Who has to do with it: clients, and "server"; nobody in particular where it is empty. */
  readonly actors: readonly string[];
  readonly step: string | null;
  /** As in the rows: a download has the round that it closed. */
  readonly round: number | null;
  readonly stage: Stage | null;
  readonly text: string;
}

/** What of one moment comes first: what arrives causes a step, a step a round's close, and this what is sent. */
const places = { attempt: 0, ends: 1, presence: 2, step: 3, round: 4, sent: 5, script: 6 } as const;

/** Sums of seconds that are one moment differ in their last digits. */
const nanoseconds = ({ virtualSeconds }: TraceEntry) => Math.round(1e9 * virtualSeconds);

type Placed = TraceEntry & { readonly place: keyof typeof places };

/**
 * The story of a run in the order of time: devices that go off and come back, steps, messages from sending to their
 * end, with what became of the update in them, and rounds. A message that is under way has no end.
 */
export function traceOf(metrics: readonly MetricRow[], messages: readonly MessageRow[]): TraceEntry[] {
  const entries = [...metrics.flatMap(entryOf), ...messages.flatMap(messageEntries)];
  return entries
    .sort((a, b) => nanoseconds(a) - nanoseconds(b) || places[a.place] - places[b.place])
    .map(({ place, ...entry }) => entry);
}

/** Whether an entry is one that a query asks for. */
export function matchesTrace(
  { virtualSeconds, actors, text, ...entry }: TraceEntry,
  { client, from, to, words, ...query }: TraceQuery,
): boolean {
  const lowered = text.toLowerCase();
  return (
    (client === null || actors.includes(client)) &&
    (from === null || virtualSeconds >= from) &&
    (to === null || virtualSeconds <= to) &&
    (['step', 'round', 'stage'] as const).every((key) => query[key] === null || query[key] === entry[key]) &&
    words.every((word) => lowered.includes(word))
  );
}

/** "     12.345 s  client-3 enters Step 3.3, round 2". */
export function traceLine({ virtualSeconds, text }: TraceEntry): string {
  return `${virtualSeconds.toFixed(3).padStart(11)} s  ${text}`;
}

function entryOf(row: MetricRow): Placed[] {
  switch (row.type) {
    case 'step': {
      const { actor, step, round, virtualSeconds } = row;
      const text = `${actor} enters Step ${step}, round ${round}`;
      const stage = stages[Number(step[0]) - 1]!;
      return [{ place: 'step', virtualSeconds, actors: [actor], step, round, stage, text }];
    }
    case 'presence': {
      const { actor, on, cause, virtualSeconds } = row;
      const text = `${actor} ${on ? 'is back' : 'goes off'} (${cause})`;
      return [{ place: 'presence', virtualSeconds, actors: [actor], ...nowhere, text }];
    }
    case 'script': {
      const { pointer, virtualSeconds } = row;
      return [{ place: 'script', virtualSeconds, actors: [], ...nowhere, text: `${pointer} takes effect` }];
    }
    case 'round':
      return [roundEntry(row)];
    case 'air': {
      const { stage, round, part, clients, snrDb, virtualSeconds } = row;
      const text = `server hears ${part} of ${clients} at once, each at ${snrDb.toFixed(1)} dB, round ${round}`;
      return [{ place: 'round', virtualSeconds, actors: ['server'], step: null, round, stage, text }];
    }
    case 'client':
    case 'compute':
    case 'sample':
    case 'phrases':
      return [];
  }
}

const nowhere = { step: null, round: null, stage: null };

function roundEntry(row: RoundRow): Placed {
  const { stage, round, virtualSeconds, members, cohort, updates, late, loss, verdict, closedBy } = row;
  const text = [
    `round ${round} of ${stage} is closed by ${closedBy === 'deadline' ? 'its deadline' : 'answers'}`,
    updates === 0 ? `lost: no update of ${cohort} clients` : `updates of ${updates} of ${cohort} clients`,
    ...(late > 0 ? [`${late} late`] : []),
    ...(loss === null ? [] : [`reported loss ${number(loss)}`]),
    verdict,
  ].join(', ');
  const step = `${stages.indexOf(stage) + 1}.5`;
  return { place: 'round', virtualSeconds, actors: ['server', ...members], step, round, stage, text };
}

function messageEntries(row: MessageRow): Placed[] {
  const { id, from, to, kind, step, round, stage, sentVirtualSeconds, endedVirtualSeconds } = row;
  const about = { actors: [from, to], step, round, stage };
  const name = `message ${id}, ${kind} of round ${round}, ${from} → ${to}`;
  const size = `${bits(row.bits)}${row.copyOf === null ? '' : `, a second copy of ${row.copyOf}`}`;
  const attempts = (row.story ?? []).map((attempt, index): Placed => ({
    place: 'ends',
    virtualSeconds: attempt.atSeconds + attempt.seconds,
    ...about,
    text:
      `${name}: attempt ${index + 1} ends after ${duration(attempt.seconds)}, ` +
      `${attempt.lostPackets} of ${attempt.packets} packets lost` +
      `${attempt.lost === null ? '' : ` (${attempt.lost})`}, ${joules(attempt.energyJoules)}`,
  }));
  const sent = `${name}: sent, ${size}${endedVirtualSeconds === null ? '; under way at the end' : ''}`;
  const entries: Placed[] = [
    { place: 'sent', virtualSeconds: sentVirtualSeconds, ...about, text: sent },
    ...attempts,
  ];
  if (endedVirtualSeconds === null) return entries;
  const text = `${name}: ${endOf(row)}`;
  return [...entries, { place: 'ends', virtualSeconds: endedVirtualSeconds, ...about, text }];
}

function endOf(row: MessageRow): string {
  const { outcome, reason, attempts, onAirSeconds, delaySeconds, energyJoules, partial } = row;
  const brought = partial ? `, ${partial.tensors} of ${partial.of} tensors had come,` : '';
  const end = outcome === 'delivered' ? 'arrives' : `is given up (${reason})${brought}`;
  const tries = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  const costs = `${tries}, ${duration(onAirSeconds)} on the air, ${joules(energyJoules)}`;
  const dark =
    row.blackouts.length === 0
      ? ''
      : `, ${duration(row.blackoutSeconds)} in a blackout by ${row.blackouts.join(', ')}`;
  return `${end} after ${duration(delaySeconds)}: ${costs}${dark}${fateOf(row)}`;
}

function fateOf({ aggregatedIn, leftOut, why }: MessageRow): string {
  if (aggregatedIn !== null) return `; in the aggregate of round ${aggregatedIn}`;
  if (leftOut === null) return '';
  return `; in no aggregate: ${isRejected(leftOut) ? `${leftOut}, ${why}` : whyLeftOut[leftOut]}`;
}

const whyLeftOut: Readonly<Record<Exclude<LeftOut, Rejected>, string>> = {
  late: 'late, its round was closed',
  superseded: 'superseded by a newer one of its client',
  refused: 'refused by the discipline',
  'given-up': 'given up by its link',
  duplicate: 'duplicate, a second copy',
  'below-quorum': 'below quorum, too few of its kind had come',
  'stage-over': 'its stage was over first',
  'run-ended': 'the run ended first',
};
