import { groupedBy } from '../../grouped.js';
import {
  protocol,
  rewardParts,
  updatesOf,
  type MessageKind,
  type Stage,
} from '../../../machines/protocol.js';
import type { MissingUpdates } from '../summary.js';
import type { Lane, SentMessage } from './activity.js';
import { partitionIndex } from './partition-point.js';
import { isDown } from './work.js';
import type { Course } from './course.js';
import type { VersionSpan } from './versions.js';

/** A version that the close of its round has ended. */
type Closed = VersionSpan & { readonly stage: Stage; readonly round: number };

/** A client's answer to a round, of which less was there at its close than may be. */
interface ShortAnswer extends Omit<MissingUpdates, 'rounds'> {
  readonly round: number;
  /** Kinds of update that were there. */
  readonly arrived: number;
}

/**
 * Whose updates were not there when a deadline closed their round, and why: of the clients of the cohort, in the
 * order of the rounds. How many kinds of update there are to a stage shows in all that were sent: of stage 2 as many as
 * the method has reward models.
 */
export class MissingAnswers {
  readonly #kinds = new Map<Stage, Set<string>>();
  readonly #short: ShortAnswer[] = [];

  hear({ kind, stage }: SentMessage): void {
    if (isDown({ kind })) return;
    const kinds = this.#kinds.get(stage) ?? new Set();
    this.#kinds.set(stage, kinds.add(kind));
  }

  add(answers: readonly ShortAnswer[]): void {
    for (const answer of answers) this.#short.push(answer);
  }

  /** With those that are still to be added. */
  with(answers: readonly ShortAnswer[]): readonly MissingUpdates[] {
    const expected = (stage: Stage) => this.#kinds.get(stage)?.size ?? 1;
    const missing = [...this.#short, ...answers].filter(({ stage, arrived }) => arrived !== expected(stage));
    const alike = groupedBy(missing, ({ client, stage, why }) => `${client} ${stage} ${why}`);
    return [...alike.values()].map((some) => {
      const { why, client, stage } = some[0]!;
      return { why, client, stage, rounds: some.map(({ round }) => round) };
    });
  }
}

/** Of versions that a deadline has closed. */
export function shortAnswers(
  versions: readonly VersionSpan[],
  messages: readonly SentMessage[],
  course: Course,
): ShortAnswer[] {
  const closed = versions.filter((version): version is Closed => version.closedBy === 'deadline');
  if (closed.length === 0) return [];
  const lanes = new Map(course.lanes.map((lane) => [lane.actor, lane]));
  const followers = followersOf(course.versions);
  const own = groupedBy(
    messages.filter(({ copyOf }) => copyOf === null),
    (message) => answerOf(message, followers),
  );
  return closed.flatMap((version) =>
    version.members.flatMap((client) => {
      const { stage, round } = version;
      const about = own.get(answer(client, stage, round)) ?? [];
      const short = shortAnswer(version, about, lanes.get(client)!);
      return short === null ? [] : [{ client, stage, round, ...short }];
    }),
  );
}

/** What of a client's answer to a round, of so many messages, was not there at its close; null where all that may be was. */
function shortAnswer(
  { stage, toSeconds: closedAtSeconds }: Closed,
  messages: readonly SentMessage[],
  lane: Lane,
): Pick<ShortAnswer, 'why' | 'arrived'> | null {
  const ended = (row: SentMessage, outcome: SentMessage['outcome']) =>
    row.outcome === outcome && row.endedVirtualSeconds! <= closedAtSeconds;
  const [downloads, updates] = [messages.filter(isDown), messages.filter((row) => !isDown(row))];
  const hasBrought = (row: SentMessage) =>
    ended(row, 'delivered') || (ended(row, 'dropped') && row.partial !== undefined);
  const arrived = new Set(updates.filter(hasBrought).map(({ kind }) => kind)).size;
  if (arrived === updatesOf(stage, rewardParts).length) return null;
  const isLost = (row: SentMessage) => ended(row, 'dropped') && row.partial === undefined;
  const isUnderWay = (row: SentMessage) =>
    row.sentVirtualSeconds < closedAtSeconds && !hasBrought(row) && !isLost(row);
  const why = () => {
    const atClose = lane.kind(
      partitionIndex(lane.length, (index) => lane.toSeconds(index) < closedAtSeconds),
    );
    if (updates.some(isLost)) return 'lost-upload';
    if (atClose === 'off' || atClose === 'blackout') return atClose;
    if (updates.some(isUnderWay)) return 'upload-under-way';
    if (atClose === 'training') return 'training';
    if (downloads.some(isUnderWay)) return 'download-under-way';
    return downloads.some(isLost) ? 'lost-download' : 'silent';
  };
  return { why: why(), arrived };
}

/** The answer that a message is, or asks for. */
function answerOf(
  { from, to, kind, stage, round }: SentMessage,
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

const place = (stage: Stage | null, round: number | null) => `${stage} ${round}`;
const answer = (client: string, stage: Stage | null, round: number | null) =>
  `${client} ${place(stage, round)}`;
