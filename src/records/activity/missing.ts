import { groupedBy } from '../../grouped.js';
import { protocol, type MessageKind, type Stage } from '../../../machines/protocol.js';
import type { MessageRow, RoundRow } from '../rows.js';
import type { MissingUpdates } from '../summary.js';
import type { ActivityRows, Lane } from './activity.js';
import { partitionIndex } from './partition-point.js';
import type { Course } from './course.js';
import type { VersionSpan } from './versions.js';

/**
 * Whose updates were not there when a deadline closed their round, and why: of the clients of the cohort, in the
 * order of the rounds.
 */
export function missingUpdates({ metrics, messages }: ActivityRows, course: Course): MissingUpdates[] {
  const closed = metrics.filter((row) => row.type === 'round' && row.closedBy === 'deadline') as RoundRow[];
  const lanes = new Map(course.lanes.map((lane) => [lane.actor, lane]));
  const followers = followersOf(course.versions);
  const kinds = updateKindsOf(messages);
  const own = groupedBy(
    messages.filter(({ copyOf }) => copyOf === null),
    (message) => answerOf(message, followers),
  );
  const missing = closed.flatMap((closing) =>
    closing.members.flatMap((client) => {
      const { stage, round } = closing;
      const about = own.get(answer(client, stage, round)) ?? [];
      const expected = kinds.get(stage)?.size ?? 1;
      const why = whyMissing(closing, expected, about, lanes.get(client)!);
      return why === null ? [] : [{ why, client, stage, round }];
    }),
  );
  const alike = groupedBy(missing, ({ client, stage, why }) => `${client} ${stage} ${why}`);
  return [...alike.values()].map((some) => {
    const { why, client, stage } = some[0]!;
    return { why, client, stage, rounds: some.map(({ round }) => round) };
  });
}

/** The kinds of update that were sent in each stage: of stage 2 as many as the method has reward models. */
function updateKindsOf(messages: readonly MessageRow[]): ReadonlyMap<string, ReadonlySet<string>> {
  const updates = groupedBy(
    messages.filter((row) => !isDown(row)),
    ({ stage }) => stage,
  );
  return new Map([...updates].map(([stage, rows]) => [stage, new Set(rows.map(({ kind }) => kind))]));
}

/** Why a client's answer to a round, of so many messages, was not there at its close; null where it was. */
function whyMissing(
  { virtualSeconds: closedAtSeconds }: RoundRow,
  expected: number,
  messages: readonly MessageRow[],
  lane: Lane,
): MissingUpdates['why'] | null {
  const ended = (row: MessageRow, outcome: MessageRow['outcome']) =>
    row.outcome === outcome && row.endedVirtualSeconds! <= closedAtSeconds;
  const [downloads, updates] = [messages.filter(isDown), messages.filter((row) => !isDown(row))];
  const hasBrought = (row: MessageRow) =>
    ended(row, 'delivered') || (ended(row, 'dropped') && row.partial !== undefined);
  const arrived = new Set(updates.filter(hasBrought).map(({ kind }) => kind));
  if (arrived.size === expected) return null;
  const atClose = lane.kind(partitionIndex(lane.length, (index) => lane.toSeconds(index) < closedAtSeconds));
  const isLost = (row: MessageRow) => ended(row, 'dropped') && row.partial === undefined;
  const isUnderWay = (row: MessageRow) =>
    row.sentVirtualSeconds < closedAtSeconds && !hasBrought(row) && !isLost(row);
  if (updates.some(isLost)) return 'lost-upload';
  if (atClose === 'off' || atClose === 'blackout') return atClose;
  if (updates.some(isUnderWay)) return 'upload-under-way';
  if (atClose === 'training') return 'training';
  if (downloads.some(isUnderWay)) return 'download-under-way';
  return downloads.some(isLost) ? 'lost-download' : 'silent';
}

/** The answer that a message is, or asks for. */
function answerOf(
  { from, to, kind, stage, round }: MessageRow,
  followers: ReadonlyMap<string, VersionSpan>,
): string {
  if (!isDown({ kind })) return answer(from, stage, round);
  if (protocol[kind as MessageKind].carries.length === 0) return 'a request';
  const next = round === 0 ? { stage, round: 1 } : followers.get(place(stage, round));
  return answer(to, next?.stage ?? null, next?.round ?? null);
}

/** The round that came after each one: a stage's last downloads may bring the orders of the next one's first. */
function followersOf(versions: readonly VersionSpan[]): ReadonlyMap<string, VersionSpan> {
  return new Map(
    versions.slice(1).map((version, index) => {
      const { stage, round } = versions[index]!;
      return [place(stage, round), version];
    }),
  );
}

const isDown = ({ kind }: Pick<MessageRow, 'kind'>) => protocol[kind as MessageKind].direction === 'down';
const place = (stage: Stage | null, round: number | null) => `${stage} ${round}`;
const answer = (client: string, stage: Stage | null, round: number | null) =>
  `${client} ${place(stage, round)}`;
