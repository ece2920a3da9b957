import assert from 'node:assert/strict';
import { isRequest } from '../../machines/events.js';
import type { Stage } from '../../machines/protocol.js';
import type { RoundRow } from '../../src/records/rows.js';
import type { RunEvent } from '../../src/records/run-event.js';
import { protocolRun, type ProtocolRun } from './untrained.js';

/*
 * Whole runs without training under each server discipline: six clients, each twice as slow as the one before,
 * a link that is fast beside them.
 */

const clients = Array.from({ length: 6 }, (_, index) => `client-${index + 1}`);
const speeds = [64, 32, 16, 8, 4, 2];
const many = (rounds: number) =>
  ['instruction', 'reward', 'alignment'].flatMap((stage) => [
    `${stage}.maxRounds=${rounds}`,
    `${stage}.convergence.patience=99`,
  ]);
const base = [
  'clients.count=6',
  'clients.weightHarmless=uniform',
  `clients.devices=${JSON.stringify(speeds.map((gigaflopsPerSecond) => ({ gigaflopsPerSecond, share: 1 / 6 })))}`,
  'data.synthetic.facts=0',
  'server.quorum=1',
  'channel.uplink.bandwidthHz=100000000',
  'channel.downlink.bandwidthHz=100000000',
  'channel.uplink.referenceBandwidthHz=null',
  'channel.downlink.referenceBandwidthHz=null',
];

/** Who was asked for what and whose updates made a version, in order. */
interface Course extends ProtocolRun {
  readonly aggregates: readonly {
    readonly stage: Stage;
    readonly from: string;
    readonly version: number;
  }[][];
  readonly orders: readonly { readonly to: string; readonly version: number; readonly interrupts: boolean }[];
}

async function course(
  discipline: string | object,
  rounds: number,
  set: readonly string[] = [],
): Promise<Course> {
  const aggregates: { stage: Stage; from: string; version: number }[][] = [];
  const orders: { to: string; version: number; interrupts: boolean }[] = [];
  const next = (event: RunEvent) => {
    if (event.type === 'aggregate') {
      aggregates.push(
        event.updates.map(({ from, answers: { stage, version } }) => ({ from, stage, version })),
      );
    }
    if (event.type !== 'bus' || event.event.phase !== 'sent') return;
    const { to, message } = event.event.envelope;
    if (
      message.direction === 'up' ||
      isRequest(message) ||
      !message.order ||
      message.order.stage !== 'instruction'
    )
      return;
    orders.push({ to, version: message.order.version, interrupts: message.interrupts });
  };
  const chosen = `server.discipline=${typeof discipline === 'string' ? discipline : JSON.stringify(discipline)}`;
  const result = await protocolRun([...base, chosen, ...many(rounds), ...set], { observers: [{ next }] });
  assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
  return { ...result, aggregates, orders };
}

/** The clients, fastest first: devices are dealt by a draw. */
const bySpeed = ({ run }: ProtocolRun) =>
  [...run.world.clients.values()]
    .sort((one, other) => other.device.gigaflopsPerSecond - one.device.gigaflopsPerSecond)
    .map(({ id }) => id);
const roundsOf = ({ run }: ProtocolRun, stage: Stage = 'instruction') =>
  run.written.metrics.filter((row): row is RoundRow => row.type === 'round' && row.stage === stage);
const named = (from: readonly { readonly from: string }[]) => [...new Set(from.map((each) => each.from))];
const secondsToEnd = ({ run }: ProtocolRun) => run.world.clock.nowSeconds;

describe('the synchronous discipline', () => {
  it('waits for all, and asks all again', async () => {
    const { orders, aggregates } = await course('synchronous', 2);
    assert.deepEqual(
      orders.map(({ to }) => to),
      [...clients, ...clients],
    );
    for (const updates of aggregates) assert.equal(named(updates).length, 6);
  });

  it('resets who is late at the deadline, where the scenario says so: stragglers drop their work', async () => {
    const deadline = ['instruction.deadlineSeconds=0.4', 'server.late=reset'];
    const { orders, aggregates } = await course('synchronous', 3, deadline);
    const reset = orders.filter(({ interrupts }) => interrupts);
    assert.ok(reset.length > 0);
    for (const { to, version } of reset) {
      assert.ok(!named(aggregates[version - 1]!).includes(to), `${to} had answered version ${version - 1}`);
    }
  });
});

describe('over-selection', () => {
  it('asks more than it waits for, and closes with the first answers', async () => {
    const set = ['server.selection=random', 'server.selectionFraction=0.5'];
    const result = await course({ name: 'over-selection', factor: 1.5 }, 3, set);
    for (const { cohort, updates } of roundsOf(result)) assert.deepEqual([cohort, updates], [5, 3]);
  });
});

describe('the asynchronous discipline', () => {
  it('makes a version of each answer, and sends it to its client alone', async () => {
    const { orders, aggregates } = await course('asynchronous', 12);
    const first = aggregates.filter(([update]) => update?.stage === 'instruction');
    assert.equal(first.length, 12);
    assert.ok(first.every((updates) => updates.length === 1));
    const senders = first.map(([update]) => update!.from);
    // The last version asks nobody.
    assert.deepEqual(
      orders.slice(6).map(({ to }) => to),
      senders.slice(0, -1),
    );
    assert.deepEqual(
      orders.slice(6).map(({ version }) => version),
      senders.slice(1).map((_, index) => index + 1),
    );
  });

  it('lets the fast come more often, and counts staleness from the download', async () => {
    const result = await course('asynchronous', 24);
    const { aggregates } = result;
    const [fast, slow] = [bySpeed(result)[0]!, bySpeed(result)[4]!];
    const of = (client: string) =>
      aggregates.flatMap(([update], index) =>
        update?.stage === 'instruction' && update.from === client ? [index - update.version] : [],
      );
    assert.ok(of(fast).length > of(slow).length);
    assert.ok(Math.max(...of(slow)) > Math.max(...of(fast)));
  });

  it('keeps as many at work as the scenario wants, each of them once', async () => {
    const set = ['server.selection=random', 'server.selectionFraction=0.5'];
    const result = await course('asynchronous', 12, set);
    assert.equal(roundsOf(result)[0]!.cohort, 3);
    for (const { cohort } of roundsOf(result).slice(1)) assert.equal(cohort, 1);
    assert.ok(new Set(result.orders.map(({ to }) => to)).size > 3);
  });

  it('drops what is further behind than the bound, or takes it, as the scenario says', async () => {
    const dropped = await course('asynchronous', 24, [
      'server.maxStaleness=2',
      'instruction.deadlineSeconds=60',
    ]);
    const staleness = (of: Course) =>
      of.aggregates
        .map(([update], index) => [update, index] as const)
        .flatMap(([update, index]) => (update?.stage === 'instruction' ? [index - update.version] : []));
    assert.ok(Math.max(...staleness(dropped)) <= 2);
    const accepted = await course('asynchronous', 24, ['server.maxStaleness=2', 'server.late=accept']);
    assert.ok(Math.max(...staleness(accepted)) > 2);
  });

  it('takes both reward models of a client together', async () => {
    const result = await course('asynchronous', 6);
    const second = result.aggregates.filter(([update]) => update?.stage === 'reward');
    for (const updates of second) assert.deepEqual([updates.length, named(updates).length], [2, 1]);
    assert.equal(roundsOf(result, 'reward').length, 6);
    assert.equal(roundsOf(result, 'alignment').length, 6);
  });

  it('ends on a lossy link and with silent clients, and asks the lost again after the deadline', async () => {
    const lossy = ['channel.lossProbability=0.3', 'channel.maxTransmissions=1', 'clients.availability=0.7'];
    const deadlines = ['instruction', 'reward', 'alignment'].map((stage) => `${stage}.deadlineSeconds=5`);
    await course('asynchronous', 20, [...lossy, ...deadlines]);
  });
});

describe('the buffered discipline', () => {
  it('makes a version of every K answers, one of each client', async () => {
    const result = await course({ name: 'buffered', size: 3 }, 8);
    const first = result.aggregates.filter(([update]) => update?.stage === 'instruction');
    assert.equal(first.length, 8);
    for (const updates of first) assert.deepEqual([updates.length, named(updates).length], [3, 3]);
    assert.ok(first.flat().some(({ version }, index) => version < Math.floor(index / 3)));
  });

  it('gives a place that falls free at once to somebody who is idle', async () => {
    const set = ['server.selection=random', 'server.selectionFraction=0.5'];
    const { orders } = await course({ name: 'buffered', size: 2 }, 4, set);
    const first = orders.filter(({ version }) => version === 0);
    assert.equal(first.length, 4);
    assert.equal(new Set(first.map(({ to }) => to)).size, 4);
  });
});

describe('a client that cannot be reached', () => {
  it('is asked once per version, however often places fall free', async () => {
    const set = ['server.selection=random', 'server.selectionFraction=0.5', 'instruction.deadlineSeconds=20'];
    const dead = { effect: 'drop', direction: 'downlink', client: 1, stage: 'instruction' };
    const { orders } = await course({ name: 'buffered', size: 3 }, 4, [
      ...set,
      `channel.faults=${JSON.stringify([dead])}`,
    ]);
    const asked = orders.filter(({ to }) => to === 'client-1').map(({ version }) => version);
    assert.ok(asked.length > 0);
    assert.equal(new Set(asked).size, asked.length, asked.join());
  });
});

describe('the timed discipline', () => {
  it('makes a version every so many seconds, of what came in', async () => {
    const result = await course({ name: 'timed', everySeconds: 0.1 }, 6);
    for (const { seconds } of roundsOf(result)) assert.ok(Math.abs(seconds - 0.1) < 1e-6, `${seconds} s`);
    const counts = new Set(roundsOf(result).map(({ updates }) => updates));
    assert.ok(counts.size > 1, [...counts].join());
  });
});

describe('the semi-asynchronous discipline', () => {
  it('closes with a quota of answers, and resets who lags more than the bound', async () => {
    const result = await course({ name: 'semi-asynchronous', quota: 0.3 }, 12, ['server.maxStaleness=2']);
    const first = result.aggregates.filter(([update]) => update?.stage === 'instruction');
    assert.ok(first.every((updates) => named(updates).length >= 2));
    const reset = result.orders.filter(({ interrupts }) => interrupts).map(({ to }) => to);
    assert.ok(reset.includes(bySpeed(result)[5]!), reset.join());
    assert.ok(!reset.includes(bySpeed(result)[0]!));
    first.forEach((updates, index) => {
      for (const { version } of updates) assert.ok(index - version <= 2);
    });
  });
});

describe('the discipline of tiers', () => {
  it('measures in the first version, then lets each tier have rounds of its own', async () => {
    // Seconds of training outweigh those of fading, so that tiers stay as they were measured.
    const result = await course({ name: 'tiers', tiers: 3 }, 10, ['instruction.localSteps=40']);
    const { aggregates } = result;
    const first = aggregates.filter(([update]) => update?.stage === 'instruction').map(named);
    assert.equal(first[0]!.length, 6);
    for (const from of first.slice(1)) assert.equal(from.length, 2);
    const [fastest] = bySpeed(result);
    assert.ok(first.slice(1).filter((from) => from.includes(fastest!)).length > 4, JSON.stringify(first));
  });
});

describe('any discipline', () => {
  const all = [
    'synchronous',
    'over-selection',
    'asynchronous',
    { name: 'buffered', size: 3 },
    { name: 'timed', everySeconds: 2 },
    'semi-asynchronous',
    { name: 'tiers', tiers: 2 },
  ];
  for (const discipline of all) {
    it(`gives the same run again: ${JSON.stringify(discipline)}`, async () => {
      const [one, other] = [await course(discipline, 4), await course(discipline, 4)];
      assert.equal(one.run.traceHash(), other.run.traceHash());
      assert.equal(secondsToEnd(one), secondsToEnd(other));
    });
  }
});
