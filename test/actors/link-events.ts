import assert from 'node:assert/strict';
import { createActor } from 'xstate';
import type { Upload } from '../../machines/events.js';
import { Links } from '../../src/actors/links.js';
import { provideChannel } from '../../src/actors/channel.js';
import { Bus, type BusEvent } from '../../src/simulation/bus/bus.js';
import type { Link } from '../../src/radio/channel/link.js';
import { VirtualClock } from '../../src/simulation/clock/virtual-clock.js';
import type { Checker } from '../../src/records/invariants/checker.js';

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
}

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
  { checkers = [], untilSeconds = Infinity }: Watched = {},
): Promise<readonly BusEvent[]> {
  const clock = new VirtualClock();
  const bus = new Bus(clock, (message) => (message.direction === 'up' ? message.rows : 0));
  const log: BusEvent[] = [];
  for (const checker of checkers) bus.events.subscribe((event) => checker.onBus?.(event));
  bus.events.subscribe((event) => log.push(event));
  const machine = provideChannel({
    bus,
    clock,
    links: new Links(links, links[0]?.faults ?? []),
    presence: { isOn: () => true },
  });
  const actors = links.map(({ id }) => createActor(machine, { clock, systemId: id, input: { link: id } }));
  for (const actor of actors) {
    actor.subscribe({ error: (error) => assert.fail(String(error)) });
    actor.start();
  }
  sendings.forEach(({ afterSeconds, bits, link = links[0]!, round, group }, i) => {
    const answers = { ...upload.answers, version: (round ?? i + 1) - 1 };
    const message: Upload = { ...upload, answers, rows: bits };
    clock.at(afterSeconds, () => bus.send(link.sender, link.recipient, message, group));
  });
  const end = await clock.run(untilSeconds === Infinity ? {} : { untilSeconds });
  for (const checker of checkers) checker.finish?.();
  if (end !== 'idle') return log;
  for (const actor of actors) {
    assert.equal(actor.getSnapshot().value, 'idle');
    assert.deepEqual(actor.getSnapshot().context.queue, []);
  }
  return log;
}
