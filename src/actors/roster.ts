import type { ServerContext } from '../../machines/server.js';
import { greatest } from '../extremes.js';
import { groupedBy } from '../grouped.js';
import { lazily } from '../lazily.js';
import type { Arrival, Roster } from '../strategies/disciplines/discipline.js';
import { cohortSize } from '../strategies/selection/selection.js';
import { clientsOf, hasAnswered } from './answers.js';
import { isSame, memberOf } from './members.js';
import { countWorking, free, present, settled, working } from './standings.js';
import type { World } from './world.js';

/**
 * What the discipline sees of the server. It is asked several times at every event, and mostly for little: what it does not
 * look at is not made.
 */
export function rosterOf(world: World, context: ServerContext): Roster {
  const { nowSeconds } = world.clock;
  const known = latest.get(context);
  if (known?.world === world && known.nowSeconds === nowSeconds) return known.roster;
  const roster = rosterAt(world, context);
  latest.set(context, { world, nowSeconds, roster });
  return roster;
}

/** Of a context, as long as it is the server's: the guards of one event ask with the same. */
const latest = new WeakMap<ServerContext, Known>();

interface Known {
  readonly world: World;
  readonly nowSeconds: number;
  readonly roster: Roster;
}

function rosterAt({ scenario, clock }: World, context: ServerContext): Roster {
  const { stage, version, cohort, left, gathered, openedAtSeconds } = context;
  const now = clock.nowSeconds;
  const member = (client: string) => memberOf(context, client);
  const standingOf = (client: string) => {
    const { order, orderedAtSeconds } = member(client);
    return { staleness: version - order!.version, seconds: now - orderedAtSeconds };
  };
  const measured = () =>
    roster.clients.flatMap((client) => {
      const { seconds } = member(client).history;
      return seconds === null ? [] : [[client, seconds] as const];
    });
  const isUnreached = (client: string) => member(client).unreached && member(client).presence === 'here';
  const isSettled = (client: string) => hasAnswered(context, client);
  const deadlineSeconds = scenario[stage].deadlineSeconds ?? Infinity;
  const openSeconds = now - openedAtSeconds;
  const ready = { stage, version, cohort, left, isSettled, openSeconds, deadlineSeconds };
  const roster: Roster = lazily(ready, {
    clients: () => present(context),
    cohortSize: () => cohortSize(scenario.server.selectionFraction, roster.clients.length),
    unreached: () => cohort.filter(isUnreached),
    unusable: () => cohort.filter((client) => isSame(member(client).unusable, member(client).order)),
    settled: () => settled(context),
    working: () => Object.fromEntries(working(context).map((client) => [client, standingOf(client)])),
    atWork: () => countWorking(context),
    free: () => free(context, now, deadlineSeconds),
    atHand: () => arrivals(context),
    aggregated: () => clientsOf(gathered),
    answerSeconds: () => Object.fromEntries(measured()),
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
