import type { ServerContext } from '../../machines/server.js';
import { greatest } from '../extremes.js';
import type { Arrival, Roster } from '../strategies/disciplines/discipline.js';
import { cohortSize } from '../strategies/selection/selection.js';
import { clientsOf, hasAnswered } from './answers.js';
import { isSame } from './members.js';
import type { World } from './world.js';

/** What the discipline sees of the server. */
export function rosterOf({ scenario, clock }: World, context: ServerContext): Roster {
  const { stage, version, cohort, members, left, gathered, openedAtSeconds } = context;
  const now = clock.nowSeconds;
  const clients = context.clients.filter((client) => members[client]!.presence !== 'away');
  const settled = context.clients.filter((client) => hasAnswered(context, client));
  const isSettled = new Set(settled);
  const working = clients
    .filter((client) => !isSettled.has(client))
    .map((client) => {
      const { order, orderedAtSeconds } = members[client]!;
      return [client, { staleness: version - order!.version, seconds: now - orderedAtSeconds }] as const;
    });
  const measured = clients.flatMap((client) => {
    const { seconds } = members[client]!.history;
    return seconds === null ? [] : [[client, seconds] as const];
  });
  return {
    stage,
    version,
    clients,
    cohortSize: cohortSize(scenario.server.selectionFraction, clients.length),
    cohort,
    unreached: cohort.filter((client) => members[client]!.unreached && members[client]!.presence === 'here'),
    unusable: cohort.filter((client) => isSame(members[client]!.unusable, members[client]!.order)),
    settled,
    working: Object.fromEntries(working),
    atHand: arrivals(context),
    left,
    aggregated: clientsOf(gathered),
    answerSeconds: Object.fromEntries(measured),
    openSeconds: now - openedAtSeconds,
    deadlineSeconds: scenario[stage].deadlineSeconds ?? Infinity,
  };
}

/** Of each client the oldest of its updates at hand, in the order in which their first came. */
function arrivals({ updates, version }: ServerContext): readonly Arrival[] {
  return [...new Set(updates.map(({ from }) => from))].map((client) => {
    const own = updates.filter(({ from }) => from === client);
    return { client, staleness: greatest(own.map(({ upload }) => version - upload.answers.version)) };
  });
}
