import { updateName } from '../../machines/events.js';
import { updatesOf, type Stage } from '../../machines/protocol.js';
import { meanOrNull } from '../moments.js';
import type { GatheredUpdate, Member, ReceivedUpdate, ServerContext } from '../../machines/server.js';
import { least } from '../extremes.js';
import { Digest } from '../keyed-list.js';
import { groupedBy } from '../grouped.js';
import { memberOf } from './members.js';

/**
 * Whether nothing more is expected from a client in a stage: all updates that answer its newest order have
 * come in, or the order did not reach it, or it is away, or it has none there.
 */
export function hasAnswered(
  { members, stage, rewards }: Pick<ServerContext, 'members' | 'stage' | 'rewards'>,
  client: string,
): boolean {
  return isSettled(memberOf({ members }, client), stage, rewards);
}

/** The same of a member. */
export function isSettled(member: Member, stage: Stage, rewards: ServerContext['rewards']): boolean {
  const known = answered.get(member);
  if (known?.stage === stage) return known.answer;
  const answer = isAnswered(member, stage, rewards);
  answered.set(member, { stage, answer });
  return answer;
}

/** What was found of each member: many are asked about at every event, and one of them has changed. */
const answered = new WeakMap<Member, { readonly stage: Stage; readonly answer: boolean }>();

function isAnswered(
  { order, unreached, presence, receipts }: Member,
  stage: Stage,
  rewards: ServerContext['rewards'],
): boolean {
  if (order === null || order.stage !== stage || unreached || presence === 'away') return true;
  return updatesOf(stage, rewards).every((kind) => receipts.includes(updateName({ kind, answers: order })));
}

/** How many are away, or were and have not been asked since. */
const absent = new Digest<Member, number>(
  ({ presence }) => Number(presence !== 'here'),
  (a, b) => a + b,
  0,
);

/**
 * Whether a version has nobody to wait for because clients are away: all whom it asked were, and nothing is at
 * hand. It then asks those who are back, or waits for one, or for its deadline; it is never closed in no time.
 */
export function standsStill({
  cohort,
  members,
  updates,
}: Pick<ServerContext, 'cohort' | 'members' | 'updates'>): boolean {
  if (updates.length > 0 || absent.total(members) === 0) return false;
  return cohort.every((client) => memberOf({ members }, client).presence !== 'here');
}

/**
 * The updates that enter a version's averages: those of a kind that at least `quorum` clients have sent. Below
 * it what this kind carries stays as it is, whatever came in of another kind.
 */
export function quorate(
  { stage, version, updates, rewards }: Pick<ServerContext, 'stage' | 'version' | 'updates' | 'rewards'>,
  quorum: number,
): readonly GatheredUpdate[] {
  return updatesOf(stage, rewards).flatMap((kind) => {
    const own = updates.filter(({ upload }) => upload.kind === kind);
    if (own.length < quorum) return [];
    return own.map((update) => ({ ...update, staleness: version - update.upload.answers.version }));
  });
}

/**
 * Mean over the clients that report a loss, null where none does. The two updates of a client's reward models
 * report the same one, unless one of them is late; then the newer one counts.
 */
export function meanLoss(updates: readonly GatheredUpdate[]): number | null {
  const byClient = groupedBy(updates, ({ from }) => from);
  const losses = clientsOf(updates).flatMap((client) => {
    const own = byClient.get(client)!;
    const newest = least(own.map(({ staleness }) => staleness));
    return own.find(({ staleness }) => staleness === newest)!.upload.loss ?? [];
  });
  return meanOrNull(losses);
}

/** The clients of some updates, each once, in the order of their names. */
export function clientsOf(updates: readonly ReceivedUpdate[]): readonly string[] {
  return [...new Set(updates.map(({ from }) => from))].sort();
}
