import { enqueueActions, type AnyActorRef } from 'xstate';
import { simulationMachine } from '../../machines/simulation.js';
import type { Download, Message } from '../../machines/events.js';
import { linksOf, provideChannel } from './channel.js';
import { provideClient } from './client.js';
import { provideServer } from './server.js';
import type { World } from './world.js';

/** Gives the simulation its actors; what arrives over the bus becomes their events. */
export function provideSimulation(world: World) {
  const links = linksOf(world.scenario, [...world.clients.keys()]);
  return simulationMachine.provide({
    actors: {
      server: provideServer(world),
      client: provideClient(world),
      channel: provideChannel(world, links),
    },
    actions: {
      spawnClientsAndLinks: enqueueActions(({ context, enqueue, system }) => {
        for (const id of context.clients) {
          enqueue.spawnChild('client', {
            id,
            systemId: id,
            input: { id, base: world.scenario.model.preinstalled ? context.global.base : null },
          });
        }
        for (const link of links) {
          enqueue.spawnChild('channel', { id: link.id, systemId: link.id, input: { link: link.id } });
        }
        enqueue(() => connect(world, context.clients, (id) => system.get(id) as AnyActorRef));
      }),
    },
  });
}

/**
 * Deliveries go to the recipient; of the link layer's notices, the server hears of downloads that were given
 * up.
 */
function connect({ bus }: World, clients: readonly string[], actor: (id: string) => AnyActorRef): void {
  for (const id of clients) {
    bus.deliveriesTo(id).subscribe(({ envelope: { message } }) => {
      if (isDownload(message)) actor(id).send({ type: 'download.delivered', download: message });
    });
  }
  bus.deliveriesTo('server').subscribe(({ envelope: { from, message } }) => {
    if (!isDownload(message)) actor('server').send({ type: 'upload.delivered', from, upload: message });
  });
  bus.outcomesFor('server').subscribe((event) => {
    const { to, message } = event.envelope;
    if (event.phase !== 'dropped' || !isDownload(message)) return;
    actor('server').send({ type: 'download.dropped', to, download: message });
  });
}

function isDownload(message: Message): message is Download {
  return 'verdict' in message;
}
