import assert from 'node:assert/strict';
import type { Observable } from 'rxjs';
import { nameOf, type Upload } from '../../../machines/events.js';
import { Bus, untouched, type BusEvent } from '../../../src/simulation/bus/bus.js';
import { VirtualClock } from '../../../src/simulation/clock/virtual-clock.js';

const message = (round: number): Upload => ({
  direction: 'up',
  kind: 'update',
  answers: { stage: 'instruction', version: round - 1, order: 1 },
  startedFrom: { base: null, adapters: null, lora: null, helpful: null, harmless: null },
  params: {},
  rows: 1,
  loss: 0,
});
const account = { ...untouched, bits: 100, attempts: 1, onAirSeconds: 1, transmitJoules: 2, energyJoules: 2 };

function busAndLog() {
  const clock = new VirtualClock();
  const bus = new Bus(clock, (message) => 100 * nameOf(message).round);
  const log: BusEvent[] = [];
  bus.events.subscribe((event) => log.push(event));
  return { clock, bus, log };
}
const brief = (log: readonly BusEvent[]) => log.map(({ phase, envelope: { id } }) => `${phase} ${id}`);

describe('the bus', () => {
  it('numbers envelopes in the order of sending, and knows their bits', async () => {
    const { clock, bus, log } = busAndLog();
    const envelopes = [bus.send('a', 'server', message(1)), bus.send('b', 'server', message(2))];
    assert.deepEqual(
      envelopes.map(({ id, from, to }) => [id, from, to]),
      [
        [1, 'a', 'server'],
        [2, 'b', 'server'],
      ],
    );
    await clock.run();
    assert.deepEqual(
      log.map(({ phase, envelope: { id }, bits, attempts }) => [phase, id, bits, attempts]),
      [
        ['sent', 1, 100, 0],
        ['sent', 2, 200, 0],
      ],
    );
  });

  it('emits nothing where it is posted, but at the same virtual time', async () => {
    const { clock, bus, log } = busAndLog();
    clock.at(2, () => {
      bus.send('a', 'server', message(1));
      assert.equal(log.length, 0);
    });
    await clock.run();
    assert.deepEqual(
      log.map(({ atSeconds }) => atSeconds),
      [2],
    );
  });

  it('shows every subscriber the same order, though one of them sends from inside its next', async () => {
    const { clock, bus, log: before } = busAndLog();
    let depth = 0;
    bus.events.subscribe((event) => {
      depth++;
      assert.equal(depth, 1, 'an emission has re-entered');
      if (nameOf(event.envelope.message).round < 3)
        bus.send('a', 'server', message(nameOf(event.envelope.message).round + 1));
      if (event.phase === 'sent') bus.report({ phase: 'delivered', envelope: event.envelope, ...account });
      depth--;
    });
    const after: BusEvent[] = [];
    bus.events.subscribe((event) => after.push(event));
    bus.send('a', 'server', message(2));
    await clock.run();
    assert.deepEqual(after, before);
    assert.deepEqual(brief(before), [
      'sent 1',
      'sent 2',
      'delivered 1',
      'delivered 2',
      'sent 3',
      'delivered 3',
    ]);
  });

  it('comes before anything else of its moment, so that what arrives at a deadline is in time', async () => {
    const { clock, bus } = busAndLog();
    const order: string[] = [];
    clock.at(1, () => bus.send('a', 'server', message(1)));
    clock.setTimeout(() => order.push('deadline'), 1000);
    bus.events.subscribe(() => order.push('bus'));
    await clock.run();
    assert.deepEqual(order, ['bus', 'deadline']);
  });

  it('shows a recipient its deliveries, a sender its outcomes, a link its queue, no others', async () => {
    const { clock, bus, log } = busAndLog();
    const views: Readonly<Record<string, Observable<BusEvent>>> = {
      server: bus.deliveriesTo('server'),
      a: bus.deliveriesTo('a'),
      outcomesForA: bus.outcomesFor('a'),
      queueOfA: bus.queueOf({ sender: 'a', recipient: 'server' }),
    };
    const seen: Record<string, string[]> = {};
    for (const [name, view] of Object.entries(views)) {
      seen[name] = [];
      view.subscribe((event) => seen[name]!.push(`${event.phase} ${event.envelope.id}`));
    }
    const fromA = bus.send('a', 'server', message(1));
    const fromB = bus.send('b', 'server', message(1));
    const toA = bus.send('server', 'a', message(1));
    bus.report({ phase: 'delivered', envelope: fromA, ...account });
    bus.report({ phase: 'delivered', envelope: fromB, ...account });
    bus.report({ phase: 'delivered', envelope: toA, ...account });
    const again = bus.send('a', 'server', message(1));
    const end = { phase: 'settled', outcome: 'dropped', acknowledged: false, reason: 'loss' } as const;
    bus.report({ ...end, envelope: again, ...account });
    await clock.run();
    assert.equal(log.length, 8);
    assert.deepEqual(seen, {
      server: ['delivered 1', 'delivered 2'],
      a: ['delivered 3'],
      outcomesForA: ['settled 4'],
      queueOfA: ['sent 1', 'sent 4'],
    });
  });

  it('tells a sender nothing of an arrival: it knows what its link knows', async () => {
    const { clock, bus } = busAndLog();
    const heard: string[] = [];
    bus.outcomesFor('a').subscribe(({ acknowledged }) => heard.push(`acknowledged: ${acknowledged}`));
    const envelope = bus.send('a', 'server', message(1));
    bus.report({ phase: 'delivered', envelope, ...account });
    await clock.run();
    assert.deepEqual(heard, []);
    bus.report({
      phase: 'settled',
      outcome: 'delivered',
      acknowledged: false,
      reason: null,
      envelope,
      ...account,
    });
    await clock.run();
    assert.deepEqual(heard, ['acknowledged: false']);
  });

  it('reports later what is delayed, with the time at which it comes', async () => {
    const { clock, bus, log } = busAndLog();
    const envelope = bus.send('a', 'server', message(1));
    bus.report({ phase: 'delivered', envelope, ...account }, 2.5);
    await clock.run();
    assert.deepEqual(
      log.map(({ phase, atSeconds }) => [phase, atSeconds]),
      [
        ['sent', 0],
        ['delivered', 2.5],
      ],
    );
  });

  it('gives a copy a number of its own, no cost, and an arrival after the given time', async () => {
    const { clock, bus, log } = busAndLog();
    const envelope = bus.send('a', 'server', message(1));
    bus.duplicate(envelope, 1.5);
    assert.equal(bus.send('a', 'server', message(2)).id, 3);
    await clock.run();
    const copy = log.filter(({ envelope: { id } }) => id === 2);
    assert.deepEqual(
      copy.map(({ phase, atSeconds }) => [phase, atSeconds]),
      [
        ['duplicated', 0],
        ['delivered', 1.5],
      ],
    );
    for (const { envelope: own, bits, attempts, energyJoules } of copy) {
      assert.deepEqual(own, { ...envelope, id: 2 });
      assert.deepEqual([bits, attempts, energyJoules], [100, 0, 0]);
    }
    assert.ok(copy[0]?.phase === 'duplicated' && copy[0].copyOf === 1);
  });

  it('takes a message for one recipient unless it is told of others', () => {
    const { bus } = busAndLog();
    assert.deepEqual(bus.send('server', 'a', message(1)).group, ['a']);
    assert.deepEqual(bus.send('server', 'a', message(2), ['a', 'b']).group, ['a', 'b']);
  });
});
