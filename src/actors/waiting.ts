import type { clientMachine } from '../../machines/client.js';
import type { serverMachine } from '../../machines/server.js';
import type { ActorRefFrom } from 'xstate';
import type { Simulation } from './simulation.js';
import type { Presence } from './presence.js';
import { hasAnswered } from './answers.js';

/** Who waits in which state for what: the deadlock report. */
export function waiting(
  simulation: Simulation,
  presence: Pick<Presence, 'isOn'>,
): { actor: string; state: string; for: string }[] {
  const server = simulation.system.get('server') as ActorRefFrom<typeof serverMachine> | undefined;
  const clients = simulation.getSnapshot().context.clients.flatMap((id) => {
    // An actor that has finished has left the system.
    const client = simulation.system.get(id) as ActorRefFrom<typeof clientMachine> | undefined;
    return client?.getSnapshot().status === 'active' ? [clientWaits(id, client, presence)] : [];
  });
  return server?.getSnapshot().status === 'active' ? [serverWaits(server, presence), ...clients] : clients;
}

function serverWaits(server: ActorRefFrom<typeof serverMachine>, presence: Pick<Presence, 'isOn'>) {
  const { value, context } = server.getSnapshot();
  const missing = context.cohort.filter((client) => !hasAnswered(context, client));
  const named = missing.map((client) => (presence.isOn(client) ? client : `${client} (away)`));
  const whom = named.length > 0 ? named.join(', ') : 'anybody, as all who could be asked are away';
  return {
    actor: 'server',
    state: pathOf(value),
    for: `updates of ${whom} for round ${context.version + 1} of ${context.stage}`,
  };
}

function clientWaits(
  actor: string,
  client: ActorRefFrom<typeof clientMachine>,
  presence: Pick<Presence, 'isOn'>,
) {
  const { value, context } = client.getSnapshot();
  const last = context.current ? `${context.current.kind} of round ${context.current.version}` : 'none yet';
  const what = presence.isOn(actor) ? 'a download from the server' : 'being on again: it is away';
  return { actor, state: pathOf(value), for: `${what} (last: ${last})` };
}

/** A state's place in its chart, outermost first, for example "rewardLearning.collecting". */
export function pathOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return Object.entries(value as Record<string, unknown>)
    .map(([state, inner]) => `${state}.${pathOf(inner)}`)
    .join(' + ');
}
