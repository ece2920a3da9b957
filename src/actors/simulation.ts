import type { Observable } from 'rxjs';
import { enqueueActions, type ActorRefFrom, type AnyActorRef } from 'xstate';
import { simulationMachine } from '../../machines/simulation.js';
import { provideChannel } from './channel.js';
import { provideClient } from './client.js';
import { provideServer } from './server.js';
import type { World } from './world.js';

export type Simulation = ActorRefFrom<typeof simulationMachine>;

/** Gives the simulation its actors; what arrives over the bus becomes their events. */
export function provideSimulation(world: World) {
  return simulationMachine.provide({
    actors: {
      server: provideServer(world),
      client: provideClient(world),
      channel: provideChannel(world),
    },
    actions: {
      spawnClientsAndLinks: enqueueActions(({ context, enqueue, system }) => {
        for (const id of context.clients) {
          enqueue.spawnChild('client', {
            id,
            systemId: id,
            input: { id, ...world.start.clients.get(id)! },
          });
        }
        for (const link of world.links) {
          enqueue.spawnChild('channel', { id: link.id, systemId: link.id, input: { link: link.id } });
        }
        enqueue(() => connect(world, context.clients, (id) => system.get(id) as AnyActorRef | undefined));
      }),
    },
  });
}

/**
 * Deliveries go to the recipient. From the link layer a client hears what became of its uploads, and the
 * server hears of downloads that were given up, whether they have arrived or not. An actor that is done has
 * left the system and hears nothing more.
 */
function connect(
  { bus, failure }: World,
  clients: readonly string[],
  actor: (id: string) => AnyActorRef | undefined,
): void {
  const onEach = <E>(events: Observable<E>, tell: (event: E) => void) =>
    events.subscribe((event) => failure.guard(() => tell(event)));

  for (const id of clients) {
    onEach(bus.deliveriesTo(id), ({ envelope: { message } }) => {
      if (message.direction === 'down') actor(id)?.send({ type: 'download.delivered', download: message });
    });
    onEach(bus.outcomesFor(id), ({ acknowledged, envelope: { message } }) => {
      if (message.direction === 'up')
        actor(id)?.send({ type: 'upload.settled', upload: message, acknowledged });
    });
  }
  onEach(bus.deliveriesTo('server'), ({ envelope: { from, message } }) => {
    if (message.direction === 'up')
      actor('server')?.send({ type: 'upload.delivered', from, upload: message });
  });
  onEach(bus.outcomesFor('server'), ({ acknowledged, envelope: { to, message } }) => {
    if (acknowledged || message.direction === 'up') return;
    actor('server')?.send({ type: 'download.dropped', to, download: message });
  });
}
