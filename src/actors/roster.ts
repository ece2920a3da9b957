import type { ServerContext } from '../../machines/server.js';
import { greatest } from '../extremes.js';
import type { Roster } from '../strategies/disciplines/discipline.js';
import { clientsOf, hasAnswered } from './answers.js';
import type { World } from './world.js';

/** What the discipline sees of the server. */
export function rosterOf({ scenario, clock }: World, context: ServerContext): Roster {
  const { stage, version, clients, cohort, updates, openedAtSeconds } = context;
  const age = (client: string) =>
    greatest(
      updates.flatMap(({ from, upload }) => (from === client ? [version - upload.answers.version] : [])),
    );
  return {
    stage,
    version,
    clients,
    cohort,
    settled: clients.filter((client) => hasAnswered(context, client)),
    arrived: Object.fromEntries(clientsOf(updates).map((client) => [client, age(client)])),
    openSeconds: clock.nowSeconds - openedAtSeconds,
    deadlineSeconds: scenario[stage].deadlineSeconds ?? Infinity,
  };
}
