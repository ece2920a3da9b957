import { least } from '../../extremes.js';
import { groupedBy } from '../../grouped.js';
import { sum } from '../../moments.js';
import { common, secondsOf } from './layers.js';
import { partitionPoint } from './partition-point.js';
import type { Course } from './course.js';
import { isDown } from './work.js';
import type { Claim, SentMessage } from './activity.js';
import type { VersionSpan } from './versions.js';

/** What a round hung on: the message that ended last, whose it was, and all that led to it. */
export interface Critical {
  readonly client: string;
  /** When the message ended; the round's close, where there was none. */
  readonly endSeconds: number;
  /** The download's way, the work, the update's way; one may lie over the other, first what counts most. */
  readonly layers: readonly (readonly Claim[])[];
}

/**
 * Finds what closed each round: of the updates in its aggregate the one that arrived last, or a download that was
 * given up after that, where a round was closed by answers: the server did without that client from then on. Of a
 * lost round it is the last update of the round that its link was done with. Where nothing ended, the round hung on
 * the client of its cohort that waited least. Null for a round without a cohort.
 */
export function criticalOf(course: Course): (version: VersionSpan) => Critical | null {
  const { sent } = course;
  const ended = sent.filter(isEndedUpload);
  const updates = groupedBy(ended, (row) => placeOf(row, row.aggregatedIn));
  const lost = groupedBy(ended, (row) => placeOf(row, row.round));
  const givenUp = groupedBy(sent.filter(isGivenUp), (row) => row.endedVirtualSeconds!);
  const chain = chains(course, sent);
  const busiest = busiestOf(course);
  return (version) => {
    const place = placeOf(version, version.round);
    const inTime = (row: SentMessage) => (row.endedVirtualSeconds ?? Infinity) <= version.toSeconds;
    const answered = lastEnded((updates.get(place) ?? []).filter(inTime));
    const dropped = version.closedBy === 'answers' ? givenUp.get(version.toSeconds)?.[0] : undefined;
    const isLater = dropped && (answered?.endedVirtualSeconds ?? 0) < version.toSeconds;
    const last = (isLater ? dropped : answered) ?? lastEnded((lost.get(place) ?? []).filter(inTime));
    return last ? chain(last) : busiest(version);
  };
}

/** The client of a round's cohort that waited least. */
function busiestOf({ lanes }: Course): (version: VersionSpan) => Critical | null {
  const laneOf = new Map(lanes.map((lane) => [lane.actor, lane]));
  const waitsIn = (version: VersionSpan, client: string) =>
    sum(
      laneOf
        .get(client)!
        .during(version)
        .filter(({ kind }) => kind === 'waits-for-others' || kind === 'waits-for-deadline')
        .map((activity) => secondsOf(common(activity, version))),
    );
  return (version) => {
    const waits = version.members.map((client) => ({ client, seconds: waitsIn(version, client) }));
    const fewest = least(waits.map(({ seconds }) => seconds));
    const client = waits.find(({ seconds }) => seconds === fewest)?.client;
    return client === undefined ? null : { client, endSeconds: version.toSeconds, layers: [] };
  };
}

/** All that led to the end of a message. */
function chains(course: Course, sent: readonly SentMessage[]): (last: SentMessage) => Critical {
  const ends = (row: SentMessage) => row.endedVirtualSeconds!;
  const arrived = sent.filter((row) => isDown(row) && row.outcome === 'delivered');
  const downloads = groupedBy(
    arrived.sort((a, b) => ends(a) - ends(b)),
    ({ to }) => to,
  );
  const trainings = new Map(course.lanes.slice(1).map(({ actor }) => [actor, course.trainings(actor)]));
  return (row) => {
    const [endSeconds, pieces] = [ends(row), course.piecesOf(row)];
    if (isDown(row)) return { client: row.to, endSeconds, layers: [pieces] };
    const client = row.from;
    const work = trainings.get(client)!.filter(({ stage, round, toSeconds }) => {
      return stage === row.stage && round === row.round && toSeconds <= row.sentVirtualSeconds;
    });
    const begunAtSeconds = work[0]?.fromSeconds ?? row.sentVirtualSeconds;
    const own = downloads.get(client) ?? [];
    const brought = own[partitionPoint(own, (one) => ends(one) <= begunAtSeconds) - 1];
    return { client, endSeconds, layers: [pieces, work, brought ? course.piecesOf(brought) : []] };
  };
}

const isEndedUpload = (row: SentMessage) => !isDown(row) && row.endedVirtualSeconds !== null;
const isGivenUp = (row: SentMessage) => isDown(row) && row.outcome === 'dropped';

const placeOf = ({ stage }: { readonly stage: string | null }, round: number | null) => `${stage} ${round}`;

function lastEnded(some: readonly SentMessage[]): SentMessage | undefined {
  return some.reduce<SentMessage | undefined>(
    (last, row) => (last === undefined || row.endedVirtualSeconds! > last.endedVirtualSeconds! ? row : last),
    undefined,
  );
}
