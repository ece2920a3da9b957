import type { Observable } from 'rxjs';
import { createActor, enqueueActions, type ActorRefFrom, type AnyActorLogic, type AnyActorRef } from 'xstate';
import type { clientMachine } from '../../machines/client.js';
import { heard, isRequest } from '../../machines/events.js';
import type { serverMachine } from '../../machines/server.js';
import { simulationMachine } from '../../machines/simulation.js';
import { hasAnswered } from './answers.js';
import { airId, provideAir } from './air.js';
import { cellId, provideCell, scheduledDirections } from './cell.js';
import { provideChannel } from './channel.js';
import { holdingsOf, provideClient } from './client.js';
import { memberOf } from './members.js';
import { namesByPart } from '../strategies/partial/arrived.js';
import { partOfUpdate, reduced } from './part-of-update.js';
import { provideServer } from './server.js';
import type { World } from './world.js';

export type Simulation = ActorRefFrom<typeof simulationMachine>;

/**
 * Gives the simulation its actors; what arrives over the bus becomes their events. Clients and links are its children
 * without standing in its snapshot, which XState would copy for each of them when they start and when they stop.
 */
export function provideSimulation(world: World) {
  let spawned: readonly AnyActorRef[] = [];
  return simulationMachine.provide({
    actors: { server: provideServer(world) },
    actions: {
      spawnClientsAndLinks: enqueueActions(({ context, enqueue, self, system }) => {
        spawned = clientsAndLinks(world, context.clients).map(({ id, logic, input }) =>
          createActor(logic, { parent: self, id, systemId: id, input }),
        );
        const actor = (id: string) => system.get(id) as AnyActorRef | undefined;
        enqueue(() => {
          connect(world, context.clients, actor);
          connectPresence(world, actor);
          for (const each of spawned) each.start();
        });
      }),
      stopClientsAndLinks: enqueueActions(({ enqueue }) => {
        for (const each of spawned) enqueue.stopChild(each);
      }),
    },
  });
}

/** An actor of a run: its id, by which the whole run knows it, and what it is. */
interface Spawned {
  readonly id: string;
  readonly logic: AnyActorLogic;
  readonly input?: unknown;
}

function clientsAndLinks(world: World, clients: readonly string[]): readonly Spawned[] {
  const client = provideClient(world);
  const channel = provideChannel(world, partOfUpdate(world.scenario));
  const cell = provideCell(world);
  return [
    ...clients.map((id) => ({ id, logic: client, input: { id, ...world.start.clients.get(id)! } })),
    ...scheduledDirections(world).map((direction) => ({
      id: cellId(direction),
      logic: cell,
      input: { direction },
    })),
    ...(world.links.sendOverTheAir ? [{ id: airId, logic: provideAir(world) }] : []),
    ...world.links.all.map(({ id }) => ({ id, logic: channel, input: { link: id } })),
  ];
}

/**
 * Deliveries go to the recipient, and to the server what it can use of an upload that was given up. From the link layer
 * a client hears what became of its uploads, and the server hears of downloads that were given up, whether they have arrived or not. An actor that is done has
 * left the system and hears nothing more.
 */
function connect(
  { bus, failure, presence, codecOf, start, store }: World,
  clients: readonly string[],
  actor: (id: string) => AnyActorRef | undefined,
): void {
  const onEach = <E>(events: Observable<E>, tell: (event: E) => void) =>
    events.subscribe((event) => failure.guard(() => tell(event)));

  for (const id of clients) {
    onEach(bus.deliveriesTo(id), ({ envelope: { message } }) => {
      if (message.direction === 'up') return;
      actor(id)?.send(
        isRequest(message)
          ? { type: 'request.delivered', request: message }
          : { type: 'download.delivered', download: message },
      );
    });
    onEach(bus.outcomesFor(id), ({ acknowledged, outcome, reason, partial, envelope: { message } }) => {
      if (message.direction !== 'up') return;
      const arrived = partial && { arrived: namesByPart(partial.acknowledged) };
      actor(id)?.send({ type: 'upload.settled', upload: message, acknowledged, ...arrived });
      if (outcome !== 'dropped') return;
      const upload = heard(message);
      // Where it uses parts the server follows what arrives, and knows at the end that it is nothing.
      const isFollowed = message.layout !== undefined && reason !== 'offline';
      if (partial) {
        const part = reduced(store, upload, partial);
        actor('server')?.send({ type: 'upload.delivered', from: id, upload: part, inPart: true });
      } else if (isFollowed) actor('server')?.send({ type: 'upload.unusable', from: id, upload });
    });
  }
  onEach(bus.deliveriesTo('server'), ({ envelope: { from, message } }) => {
    if (message.direction === 'up')
      actor('server')?.send({ type: 'upload.delivered', from, upload: heard(message) });
  });
  // Where changes travel the server has to know from which version they lead.
  const hearsReceipts = Object.keys(start.global).some((part) => codecOf('downlink', part).delta);
  onEach(bus.outcomesFor('server'), ({ acknowledged, reason, envelope: { to, message } }) => {
    if (message.direction === 'up') return;
    if (acknowledged) {
      const isHeard = hearsReceipts && !isRequest(message);
      if (isHeard) actor('server')?.send({ type: 'download.acknowledged', to, download: message });
      return;
    }
    // A client may be back before its link has given up what its going cut short.
    const away = reason === 'offline' && !presence.isOn(to);
    actor('server')?.send(
      isRequest(message)
        ? { type: 'request.dropped', to, request: message, away }
        : { type: 'download.dropped', to, download: message, away },
    );
  });
}

/**
 * A client and its links hear that it goes off and comes back; the server hears only of the latter, from the link
 * layer, with what the client holds.
 */
function connectPresence(
  { presence, links, failure }: World,
  actor: (id: string) => AnyActorRef | undefined,
): void {
  const server = () => actor('server') as ActorRefFrom<typeof serverMachine> | undefined;
  presence.start({
    wentOff: (id, crashed) =>
      failure.guard(() => {
        actor(id)?.send({ type: 'device.off', crashed });
        for (const link of links.all.filter(({ sender, recipient }) => [sender, recipient].includes(id))) {
          actor(link.id)?.send({ type: 'device.off' });
        }
      }),
    cameBack: (id) =>
      failure.guard(() => {
        const client = actor(id) as ActorRefFrom<typeof clientMachine> | undefined;
        if (!client) return;
        client.send({ type: 'device.on' });
        const held = holdingsOf(client.getSnapshot().context);
        server()?.send({ type: 'client.returned', client: id, held });
      }),
    isAwaited: (id) => {
      const context = server()?.getSnapshot().context;
      return (
        context !== undefined && (memberOf(context, id).presence === 'away' || !hasAnswered(context, id))
      );
    },
  });
}
