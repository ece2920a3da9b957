import type { ServerContext } from '../../machines/server.js';
import { greatest } from '../extremes.js';
import { groupedBy } from '../grouped.js';
import { lazily } from '../lazily.js';
import type { Arrival, Roster } from '../strategies/disciplines/discipline.js';
import { cohortSize } from '../strategies/selection/selection.js';
import { clientsOf, hasAnswered } from './answers.js';
import { isSame } from './members.js';
import type { World } from './world.js';

/**
 * What the discipline sees of the server. It is asked at every event, and mostly for little: what it does not look at
 * is not made.
 */
export function rosterOf({ scenario, clock }: World, context: ServerContext): Roster {
  const { stage, version, cohort, members, left, gathered, openedAtSeconds } = context;
  const now = clock.nowSeconds;
  const present = () => context.clients.filter((client) => members[client]!.presence !== 'away');
  const working = () =>
    roster.clients.flatMap((client) => {
      if (hasAnswered(context, client)) return [];
      const { order, orderedAtSeconds } = members[client]!;
      return [[client, { staleness: version - order!.version, seconds: now - orderedAtSeconds }] as const];
    });
  const measured = () =>
    roster.clients.flatMap((client) => {
      const { seconds } = members[client]!.history;
      return seconds === null ? [] : [[client, seconds] as const];
    });
  const isUnreached = (client: string) => members[client]!.unreached && members[client]!.presence === 'here';
  const roster: Roster = lazily<Roster>({
    stage: () => stage,
    version: () => version,
    clients: present,
    cohortSize: () => cohortSize(scenario.server.selectionFraction, roster.clients.length),
    cohort: () => cohort,
    unreached: () => cohort.filter(isUnreached),
    unusable: () => cohort.filter((client) => isSame(members[client]!.unusable, members[client]!.order)),
    settled: () => context.clients.filter((client) => hasAnswered(context, client)),
    working: () => Object.fromEntries(working()),
    atHand: () => arrivals(context),
    left: () => left,
    aggregated: () => clientsOf(gathered),
    answerSeconds: () => Object.fromEntries(measured()),
    openSeconds: () => now - openedAtSeconds,
    deadlineSeconds: () => scenario[stage].deadlineSeconds ?? Infinity,
  });
  return roster;
}

/** Of each client the oldest of its updates at hand, in the order in which their first came. */
function arrivals({ updates, version }: ServerContext): readonly Arrival[] {
  return [...groupedBy(updates, ({ from }) => from)].map(([client, own]) => ({
    client,
    staleness: greatest(own.map(({ upload }) => version - upload.answers.version)),
  }));
}
