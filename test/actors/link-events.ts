import assert from 'node:assert/strict';
import { createActor, enqueueActions, setup, type ActorRefFrom, type AnyActorRef } from 'xstate';
import type { cellMachine } from '../../machines/cell.js';
import type { ChannelEvent, channelMachine } from '../../machines/channel.js';
import type { Upload } from '../../machines/events.js';
import { Links } from '../../src/actors/links.js';
import { cellId, provideCell } from '../../src/actors/cell.js';
import { provideChannel } from '../../src/actors/channel.js';
import { Bus, type BusEvent } from '../../src/simulation/bus/bus.js';
import type { Link } from '../../src/radio/channel/link.js';
import { VirtualClock } from '../../src/simulation/clock/virtual-clock.js';
import type { Checker } from '../../src/records/invariants/checker.js';
import type { RunEvent } from '../../src/records/run-event.js';
import { RunEvents } from '../../src/records/run-events.js';

export interface Sending {
  readonly afterSeconds: number;
  readonly bits: number;
  /** The first of the links if absent. */
  readonly link?: Link;
  /** The place in the list of sendings, from 1, if absent. */
  readonly round?: number;
  readonly group?: readonly string[];
}

interface Watched {
  readonly checkers?: readonly Checker[];
  /** Until nothing is left if absent. */
  readonly untilSeconds?: number;
  /** Whether an actor is on; all are if absent. */
  readonly isOn?: (id: string) => boolean;
  /** What happens besides, by virtual time. */
  readonly meanwhile?: readonly { readonly atSeconds: number; readonly does: (tell: Tell) => void }[];
}

/** Sends an event to the actor of a link. */
type Tell = (link: string, event: ChannelEvent) => void;

const upload: Upload = {
  direction: 'up',
  kind: 'update',
  answers: { stage: 'instruction', version: 0, order: 1 },
  startedFrom: { base: null, adapters: null, lora: null, helpful: null, harmless: null },
  params: {},
  rows: 0,
  loss: 0,
};

/** Runs a real clock, bus and link actors; an upload's `rows` stand for its bits. */
export async function linkEvents(
  links: readonly Link[],
  sendings: readonly Sending[],
  { checkers = [], untilSeconds = Infinity, isOn = () => true, meanwhile = [] }: Watched = {},
): Promise<readonly BusEvent[]> {
  const clock = new VirtualClock();
  const bus = new Bus(clock, (message) => (message.direction === 'up' ? message.rows : 0));
  const log: BusEvent[] = [];
  for (const checker of checkers) bus.events.subscribe((event) => checker.onBus?.(event));
  bus.events.subscribe((event) => log.push(event));
  const world = { bus, clock, links: new Links(links, links[0]?.faults ?? []) };
  const events = new RunEvents({ next: (event) => tellOfBand(checkers, event) }, (cause) =>
    assert.fail(String(cause)),
  );
  const cell = createActor(
    airOf(links, provideChannel({ ...world, presence: { isOn } }), provideCell({ ...world, events })),
    {
      clock,
    },
  );
  cell.subscribe({ error: (error) => assert.fail(String(error)) });
  cell.start();
  const actors = links.map(({ id }) => cell.system.get(id) as ActorRefFrom<typeof channelMachine>);
  for (const { atSeconds, does } of meanwhile) {
    clock.at(atSeconds, () => does((link, event) => (cell.system.get(link) as AnyActorRef).send(event)));
  }
  sendings.forEach(({ afterSeconds, bits, link = links[0]!, round, group }, i) => {
    const answers = { ...upload.answers, version: (round ?? i + 1) - 1 };
    const message: Upload = { ...upload, answers, rows: bits };
    clock.at(afterSeconds, () => bus.send(link.sender, link.recipient, message, group));
  });
  const end = await clock.run(untilSeconds === Infinity ? {} : { untilSeconds });
  for (const checker of checkers) checker.finish?.();
  if (end !== 'idle') return log;
  for (const { direction } of links.filter(({ sharedBand }) => sharedBand)) {
    assert.equal(
      (cell.system.get(cellId(direction)) as ActorRefFrom<typeof cellMachine>).getSnapshot().value,
      'free',
    );
  }
  for (const actor of actors) {
    assert.equal(actor.getSnapshot().value, 'idle');
    assert.deepEqual(actor.getSnapshot().context.queue, []);
  }
  return log;
}

/** The links of a run and the schedulers of their bands, as the simulation spawns them. */
function airOf(links: readonly Link[], channel: typeof channelMachine, cell: typeof cellMachine) {
  const scheduled = links.flatMap(({ direction, sharedBand }) => (sharedBand ? [direction] : []));
  return setup({ actors: { channel, cell } }).createMachine({
    entry: enqueueActions(({ enqueue }) => {
      for (const direction of new Set(scheduled)) {
        const id = cellId(direction);
        enqueue.spawnChild('cell', { id, systemId: id, input: { direction } });
      }
      for (const { id } of links) enqueue.spawnChild('channel', { id, systemId: id, input: { link: id } });
    }),
  });
}

function tellOfBand(checkers: readonly Checker[], event: RunEvent): void {
  if (event.type !== 'band') return;
  for (const checker of checkers) checker.onBand?.(event.direction, event.given);
}
