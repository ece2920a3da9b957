import { compareOrders, updateName, type WorkOrder } from '../../machines/events.js';
import { valueOf, withValues } from '../keyed-list.js';
import { refsOf } from './parts.js';
import type { Member, ReceivedUpdate, ServerContext, ServerEvent } from '../../machines/server.js';

export type Members = ServerContext['members'];

/** What the server knows of a client. Error where it is no client of the run. */
export function memberOf({ members }: Pick<ServerContext, 'members'>, client: string): Member {
  const member = valueOf(members, client);
  if (!member) throw new Error(`the server knows no client ${client}`);
  return member;
}

type Told<Type> = Extract<ServerEvent, { readonly type: Type }>;

/** A client holds what a download brought, and what of the global model it held before. */
export function acknowledging(
  { members }: Pick<ServerContext, 'members'>,
  { to, download }: Told<'download.acknowledged'>,
): Members {
  const brought = download.params.map(({ hash }) => hash);
  return withValues(members, [to], (member) => ({
    ...member,
    acknowledged: refsOf(download.global)
      .map(({ hash }) => hash)
      .filter((hash) => brought.includes(hash) || member.acknowledged.includes(hash)),
  }));
}

/** A client lacks what a download was to bring, and the order in it where that is its newest. */
export function missed(
  { members }: Pick<ServerContext, 'members'>,
  { to, download, away }: Told<'download.dropped'>,
): Members {
  const { order, params } = download;
  const lost = params.map(({ hash }) => hash);
  return withValues(members, [to], (member) => ({
    ...member,
    unreached: member.unreached || isSame(member.order, order),
    presence: away ? 'away' : member.presence,
    holdings: member.holdings.filter((hash) => !lost.includes(hash)),
  }));
}

/** A client did not hear that its answer is wanted at once. */
export function unheard(
  { members }: Pick<ServerContext, 'members'>,
  { to, request, away }: Told<'request.dropped'>,
): Members {
  return withValues(members, [to], (member) => ({
    ...member,
    urged: isSame(member.urged, request.about) ? null : member.urged,
    presence: away ? 'away' : member.presence,
  }));
}

/** A client that was off has lost its order, and holds what it says, whatever was believed of it. */
export function returned(
  { members }: Pick<ServerContext, 'members'>,
  { client, held }: Told<'client.returned'>,
): Members {
  return withValues(members, [client], (member) => ({
    ...member,
    unreached: true,
    presence: member.presence === 'here' ? 'here' : 'returned',
    holdings: held,
    acknowledged: held,
  }));
}

/**
 * A client's answer has come to its end, and is of no use: nothing more is awaited of that kind. One that says that it
 * answers what its client was never asked stands for the answer to its newest order.
 */
export function unusable(
  { members }: Pick<ServerContext, 'members'>,
  { from, upload: { kind, answers } }: ReceivedUpdate,
): Members {
  // Of a sender that is no client nothing is awaited.
  if (!members.places.has(from)) return members;
  return withValues(members, [from], (member) => {
    const order = wasGiven(member, answers) ? answers : member.order;
    if (order === null) return member;
    const receipts = [...member.receipts, updateName({ kind, answers: order })];
    const noted = { ...member, receipts, unusable: order };
    return isSame(order, member.order) ? failing(noted) : noted;
  });
}

/** Whether a client was given an order in the present stage. */
export function wasGiven({ order, history }: Member, { stage, version, order: number }: WorkOrder): boolean {
  const ofVersion = history.asked.filter((asked) => asked.version === version).length;
  return order?.stage === stage && number >= 1 && number <= ofVersion;
}

/** With a failure for its newest order; one order is one failure. */
export function failing(member: Member): Member {
  const { failed, history } = member;
  return failed
    ? member
    : { ...member, failed: true, history: { ...history, failures: history.failures + 1 } };
}

export function isSame(one: WorkOrder | null, other: WorkOrder | null): boolean {
  return one !== null && other !== null && compareOrders(one, other) === 0;
}
