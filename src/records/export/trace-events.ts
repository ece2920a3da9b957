import type { ActivityRows, SentMessage } from '../activity/activity.js';
import type { Course } from '../activity/course.js';
import { courseOf } from '../activity/lanes.js';

/*
 * A run in the Trace Event Format of Chrome, which Perfetto (ui.perfetto.dev) and speedscope open: "Trace Event
 * Format", Google 2016, JSON object format. Times are virtual, in whole microseconds, so that what follows each other
 * does not overlap by a rounding.
 */

interface Common {
  readonly name: string;
  readonly pid: number;
  /** The actor: 1 is the server, then come the clients in their order. */
  readonly tid: number;
}
interface Timed extends Common {
  readonly cat: string;
  /** Microseconds since the start of the run. */
  readonly ts: number;
}

/** Names of the process and of the threads, and their order. */
interface Metadata extends Common {
  readonly ph: 'M';
  readonly args: { readonly name: string } | { readonly sort_index: number };
}
/** An activity. */
interface Complete extends Timed {
  readonly ph: 'X';
  readonly dur: number;
  readonly args: Readonly<Record<string, unknown>>;
}
/** A version of the global model. */
interface Instant extends Timed {
  readonly ph: 'i';
  /** Scope: a line through all threads. */
  readonly s: 'g';
}
/** A message on its way, from sender to recipient; `bp` "e": it ends at what encloses its arrival. */
export interface Flow extends Timed {
  readonly ph: 's' | 'f';
  readonly id: number;
  readonly bp?: 'e';
}
export type TraceEvent = Metadata | Complete | Instant | Flow;

export interface TraceDocument {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms';
  readonly otherData: Readonly<Record<string, string | number>>;
}

const pid = 1;
const microseconds = (seconds: number) => Math.round(1e6 * seconds);

/** The lanes of a run as threads of one process; `about` is what a viewer shows of the run. */
export function traceEvents(
  rows: ActivityRows,
  about: { readonly scenario: string; readonly seed: number },
): TraceDocument {
  const course = courseOf(rows);
  const tids = new Map(course.lanes.map(({ actor }, index) => [actor, index + 1]));
  const named = { name: 'process_name', ph: 'M', pid, tid: 1 } as const;
  return {
    traceEvents: [
      { ...named, args: { name: `pwff ${about.scenario}, seed ${about.seed}` } },
      ...[...tids].flatMap(([actor, tid]) => threadEvents(actor, tid)),
      ...course.lanes.flatMap(({ actor, activities }) => activityEvents(activities, tids.get(actor)!)),
      ...versionEvents(course),
      ...rows.messages.flatMap((row) => flowEvents(row, tids, rows.endSeconds)),
    ],
    displayTimeUnit: 'ms',
    otherData: about,
  };
}

function threadEvents(actor: string, tid: number): Metadata[] {
  return [
    { name: 'thread_name', ph: 'M', pid, tid, args: { name: actor } },
    { name: 'thread_sort_index', ph: 'M', pid, tid, args: { sort_index: tid } },
  ];
}

function activityEvents(activities: Course['lanes'][number]['activities'], tid: number): Complete[] {
  return activities.flatMap(({ kind, fromSeconds, toSeconds, step, stage, round, message, faults }) => {
    const ts = microseconds(fromSeconds);
    const dur = microseconds(toSeconds) - ts;
    const name = step === null ? kind : `${kind} (${step})`;
    const args = { stage, round, message, faults };
    return dur === 0 ? [] : [{ name, cat: kind, ph: 'X', pid, tid, ts, dur, args }];
  });
}

function versionEvents({ versions }: Course): Instant[] {
  return versions.flatMap(({ stage, round, closedBy, toSeconds }): Instant[] => {
    if (closedBy === null) return [];
    const name = `version ${round} of ${stage}, by ${closedBy}`;
    return [{ name, cat: 'version', ph: 'i', s: 'g', pid, tid: 1, ts: microseconds(toSeconds) }];
  });
}

/** An arrow for a message that arrived; one at the very end of the run would arrive where there is nothing. */
function flowEvents(row: SentMessage, tids: ReadonlyMap<string, number>, endSeconds: number): Flow[] {
  const { id, from, to, kind, copyOf, outcome, sentVirtualSeconds, endedVirtualSeconds } = row;
  if (copyOf !== null || outcome !== 'delivered' || endedVirtualSeconds! >= endSeconds) return [];
  const flow = { name: kind, cat: 'message', id, pid };
  const [sent, arrived] = [microseconds(sentVirtualSeconds), microseconds(endedVirtualSeconds!)];
  return [
    { ...flow, ph: 's', tid: tids.get(from)!, ts: sent },
    { ...flow, ph: 'f', bp: 'e', tid: tids.get(to)!, ts: arrived },
  ];
}
