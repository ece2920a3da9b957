import { compareOrders, textOf, updateName } from '../../machines/events.js';
import { valueOf, withValues } from '../keyed-list.js';
import type { ReceivedUpdate, ServerContext, ServerEvent } from '../../machines/server.js';
import type { LeftOut } from '../records/fate.js';
import { arrived, expectedOf } from './admission/expected.js';
import { checks, rejectionBy, type Rejection } from './admission/index.js';
import { reported } from './history.js';
import { memberOf } from './members.js';
import { rosterOf } from './roster.js';
import { rowsBehind } from './rows.js';
import { clientOf, type World } from './world.js';

/*
 * What the server makes of an update that has come.
 */

type Delivered = Extract<ServerEvent, { readonly type: 'upload.delivered' }>;

/** Whether it came before. */
export function isCopy({ members }: ServerContext, { from, upload }: ReceivedUpdate): boolean {
  return valueOf(members, from)?.receipts.includes(updateName(upload)) ?? false;
}

/** Whether it is to count: the newest of its client's of its kind, and one that the discipline lets in. */
export function isAdmitted(world: World, context: ServerContext, update: ReceivedUpdate): boolean {
  return !hasNewer(context, update) && isAdmissible(world, context, update);
}

/**
 * Why an update that is to count, or comes from nobody whom the server knows, is rejected; null where nothing is wrong
 * with it.
 */
export function rejectionOf(world: World, context: ServerContext, event: Delivered): Rejection | null {
  if (context.members.places.has(event.from) && !isAdmitted(world, context, event)) return null;
  const list = world.links.sendOverTheAir ? checks.filter(({ readsValues }) => !readsValues) : checks;
  return rejectionBy(list, arrived(world, event), expectedOf(world, context, event));
}

/** Of a client's updates of one kind the newest counts. */
export function isInPlaceOf(update: ReceivedUpdate, { from, upload }: ReceivedUpdate): boolean {
  return update.from === from && update.upload.kind === upload.kind;
}

/** Whether the discipline lets an update count in the present version. */
function isAdmissible(world: World, context: ServerContext, { from, upload }: ReceivedUpdate): boolean {
  const { stage, version } = upload.answers;
  if (stage !== context.stage) return false;
  const arrival = { client: from, staleness: context.version - version };
  return world.discipline.admits(arrival, rosterOf(world, context));
}

/** Why an update that has arrived is not taken. */
export function whyDiscarded(world: World, context: ServerContext, update: ReceivedUpdate): LeftOut {
  if (isAdmissible(world, context, update)) return 'superseded';
  const { stage, version } = update.upload.answers;
  return stage === context.stage && version === context.version ? 'refused' : 'late';
}

/** With an update at hand. How many rows are behind it the server knows by itself, whatever the update says. */
export function taken(
  world: World,
  context: ServerContext,
  { from, upload }: ReceivedUpdate,
): Partial<ServerContext> {
  const rows = rowsBehind(world, upload.kind, clientOf(world, from));
  const arrival = { from, upload: { ...upload, rows } };
  const others = context.updates.filter((other) => !isInPlaceOf(arrival, other));
  const isLate = upload.answers.version < context.version;
  const { late, members } = noted(context, arrival, isLate);
  const seconds = world.clock.nowSeconds - memberOf({ members }, from).orderedAtSeconds;
  const report = { version: upload.answers.version, loss: upload.loss, seconds };
  return {
    updates: [...others, arrival],
    late,
    members: withValues(members, [from], ({ history, ...member }) => ({
      ...member,
      history: reported(history, report),
    })),
  };
}

/** Keeps the receipt, and notes an answer that came after its round was closed. */
export function noted(
  { members, late }: ServerContext,
  arrival: ReceivedUpdate,
  isLate: boolean,
): Pick<ServerContext, 'members' | 'late'> {
  const { from, upload } = arrival;
  return {
    members: withValues(members, [from], (member) => ({
      ...member,
      receipts: [...member.receipts, updateName(upload)],
    })),
    late: isLate ? [...new Set([...late, `${from} ${textOf(upload.answers)}`])] : late,
  };
}

/** Whether a newer update of this kind is at hand from the client already. */
function hasNewer({ updates }: ServerContext, update: ReceivedUpdate): boolean {
  const isNewer = ({ upload }: ReceivedUpdate) => compareOrders(upload.answers, update.upload.answers) > 0;
  return updates.some((other) => isInPlaceOf(update, other) && isNewer(other));
}
