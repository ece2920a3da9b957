import type { Allotment, WorkOrder } from '../../machines/events.js';
import { messageKinds, opensStage, protocol, stageAfter } from '../../machines/protocol.js';
import type { ServerContext } from '../../machines/server.js';
import { withValues } from '../keyed-list.js';
import { lazily } from '../lazily.js';
import { stream, type Stream } from '../simulation/random/stream.js';
import type { Roster, Select } from '../strategies/disciplines/discipline.js';
import { cohortSize, type ToSelect } from '../strategies/selection/selection.js';
import { allotmentsOf } from './allotments.js';
import { hasAnswered, standsStill } from './answers.js';
import { newcomer } from './history.js';
import { failing, isSame, memberOf, type Members } from './members.js';
import { profilesOf, uplinkSnrsDb } from './profiles.js';
import { rosterOf } from './roster.js';
import { overdueSince } from './standings.js';
import type { World } from './world.js';

/*
 * Who is asked to work on what: the discipline decides, and the allocation what they have for it; the server keeps the
 * orders.
 */

type Work = Pick<WorkOrder, 'stage' | 'version'>;
type Allotments = Readonly<Record<string, Allotment>> | null;

/**
 * The cohort of the next version and its orders; nobody where the stage is over and the next one opens with a
 * download of its own.
 */
export function invited(world: World, context: ServerContext): Partial<ServerContext> {
  const work = nextWork(world, context);
  if (work === null) return { cohort: [], asked: [], reset: [], urged: {} };
  const { discipline } = world;
  const members = work.stage === context.stage ? context.members : begunAnew(context.members);
  const opening = { ...context, ...work, members, cohort: [] };
  const roster = rosterOf(world, opening);
  const reset = discipline.resets?.(roster) ?? [];
  const selected = discipline.invite(roster, selectorOf(world, opening));
  const { invitees, allotments } = allotmentsOf(world, opening, selected);
  const asked = inOrder(context, [...invitees, ...reset]);
  const urged = urgedOf(world, opening, roster, reset);
  const withOrders = ordered(world, opening, asked, { ...work, allotments });
  return {
    cohort: asked,
    asked,
    reset,
    urged,
    members: withValues(withOrders, Object.keys(urged), (member, client) => ({
      ...member,
      urged: urged[client]!,
    })),
  };
}

/** Another stage knows nothing of what clients did in this one. */
function begunAnew(members: Members): Members {
  return withValues(members, members.keys, (member) => ({ ...member, history: newcomer }));
}

/** Some clients, each once, in the order of all. */
function inOrder({ members: { places } }: ServerContext, some: readonly string[]): readonly string[] {
  const known = [...new Set(some)].filter((client) => places.has(client));
  return known.sort((one, other) => places.get(one)! - places.get(other)!);
}

/** The orders whose answers the discipline wants at once, each once; who is reset has none to give. */
function urgedOf(
  { discipline }: World,
  context: ServerContext,
  roster: Roster,
  reset: readonly string[],
): ServerContext['urged'] {
  const wanted = discipline.urges?.(roster) ?? [];
  return Object.fromEntries(
    wanted.flatMap((client) => {
      const { order, urged } = memberOf(context, client);
      return order === null || reset.includes(client) || isSame(order, urged) ? [] : [[client, order]];
    }),
  );
}

/** Who else is to work on the version that is open: where it stands still, it is as if it opened anew. */
export function moreToAsk(world: World, context: ServerContext): readonly string[] {
  return moreInvitees(world, context).invitees;
}

function moreInvitees(world: World, context: ServerContext) {
  const { discipline } = world;
  const [roster, select] = [rosterOf(world, context), selectorOf(world, context)];
  const selected =
    standsStill(context) && roster.clients.length > 0
      ? discipline.invite(roster, select)
      : (discipline.refill?.(roster, select) ?? []);
  return allotmentsOf(world, context, selected);
}

/** The cohort with these, and their orders. */
export function invitedToo(world: World, context: ServerContext): Partial<ServerContext> {
  const { stage, version, cohort } = context;
  const { invitees: asked, allotments } = moreInvitees(world, context);
  return {
    cohort: [...new Set([...cohort, ...asked])],
    asked,
    reset: [],
    urged: {},
    members: ordered(world, context, asked, { stage, version, allotments }),
  };
}

/** The scenario's selection, with draws of its own for each time that a version asks clients. */
function selectorOf(world: World, context: ServerContext): Select {
  const { scenario, selection } = world;
  const { stage, version, cohort, clients: keys } = context;
  const again = cohort.length === 0 ? [] : [cohort.length];
  let draw: Stream | undefined;
  const share = scenario.server.selectionFraction;
  return (clients, size = cohortSize(share, clients.length)) => {
    // One for all that this selector is asked, made when it first is: at most events nobody is selected.
    draw ??= stream(scenario.seed, 'selection', stage, version + 1, ...again);
    // Most selections look at little of it.
    const given: ToSelect = lazily(
      { clients, size, version },
      {
        history: () => Object.fromEntries(keys.map((client) => [client, memberOf(context, client).history])),
        profiles: () => profilesOf(world, stage),
      },
    );
    return selection(given, draw);
  };
}

/** The clients with orders to do this work. */
function ordered(
  world: World,
  context: ServerContext,
  asked: readonly string[],
  { allotments, ...work }: Work & { readonly allotments: Allotments },
): Members {
  const uplinkSnrDb = uplinkSnrsDb(world);
  return withValues(context.members, asked, (member, client) => {
    const { history, ...before } = hasAnswered(context, client) ? member : failing(member);
    return {
      ...before,
      unreached: false,
      presence: 'here',
      failed: false,
      order: orderAfter(member.order, { ...work, ...(allotments && { allotment: allotments[client]! }) }),
      orderedAtSeconds: world.clock.nowSeconds,
      history: {
        ...history,
        orders: history.orders + 1,
        asked: [...history.asked, { version: work.version, uplinkSnrDb: uplinkSnrDb(client) }],
      },
    };
  });
}

/** The clients, with a failure for each order that is past the stage's deadline. */
export function overdue({ scenario, clock }: World, context: ServerContext): Members {
  const deadlineSeconds = scenario[context.stage].deadlineSeconds ?? Infinity;
  return withValues(context.members, overdueSince(context, clock.nowSeconds, deadlineSeconds), failing);
}

/** What clients are to work on next; null where the last downloads of the stage ask for nothing. */
function nextWork({ scenario }: World, { stage, version, verdict }: ServerContext): Work | null {
  if (verdict === 'continue') return { stage, version };
  const next = stageAfter(stage, scenario.stages);
  const isOpened = messageKinds.some((kind) => protocol[kind].stage === next && opensStage(kind));
  return next === null || isOpened ? null : { stage: next, version: 0 };
}

function orderAfter(latest: WorkOrder | null, work: Omit<WorkOrder, 'order'>): WorkOrder {
  const isAgain = latest?.stage === work.stage && latest.version === work.version;
  return { ...work, order: isAgain ? latest.order + 1 : 1 };
}
