import assert from 'node:assert/strict';
import { stages } from '../../machines/protocol.js';
import { energyKinds, sides, totalJoules } from '../../src/records/energy/energy.js';
import { energySummary, type EnergySummary } from '../../src/records/energy/summary.js';
import type { ComputeRow, MessageRow, RoundRow } from '../../src/records/rows.js';
import { sum } from '../../src/moments.js';
import { protocolRun, type ProtocolOptions, type ProtocolRun } from './untrained.js';

const near = (found: number, expected: number, what: string) =>
  assert.ok(
    Math.abs(found - expected) <= 1e-9 * Math.max(1e-3, Math.abs(expected)),
    `${what}: ${found}, not ${expected}`,
  );

const workOf = ({ run }: ProtocolRun) =>
  run.written.metrics.filter((row): row is ComputeRow => row.type === 'compute');
const roundsOf = ({ run }: ProtocolRun) =>
  run.written.metrics.filter((row): row is RoundRow => row.type === 'round');
const messagesOf = ({ run }: ProtocolRun) => run.written.messages;
const energyOf = ({ run }: ProtocolRun): EnergySummary =>
  energySummary(run.written.metrics, run.written.messages)!;

/** One client class: a gigaflop a second at 1 GHz, so a cycle is an operation. */
const device = (more: object = {}) =>
  `clients.devices=${JSON.stringify([
    {
      gigaflopsPerSecond: 1,
      share: 1,
      processor: { maxFrequencyHz: 1e9, frequencyHz: 1e9, switchedCapacitance: 1e-27 },
      ...more,
    },
  ])}`;
const listening = ['channel.receivePowerWatts=0.25', 'channel.idlePowerWatts=0.125'];

describe('whose joules a run of two clients takes', () => {
  let result: ProtocolRun;
  before(async () => {
    // Without fading a message is on the air for its bits over B log2(1 + 1) = 1 Mbit/s, and waits for nothing.
    result = await protocolRun([
      ...['clients.count=2', 'clients.weightHarmless=uniform', 'stages=["instruction"]'],
      ...['channel.fading=none', 'channel.uplink.meanSnrDb=0', 'channel.downlink.meanSnrDb=0'],
      ...['channel.uplink.powerWatts=0.01', 'channel.downlink.powerWatts=4'],
      ...['channel.uplink.referencePowerWatts=null', 'channel.downlink.referencePowerWatts=null'],
      ...['channel.downlink.amplifierEfficiency=0.25', 'channel.downlink.circuitPowerWatts=2'],
      ...['channel.receivePowerWatts=0.5', 'instruction.maxRounds=1', 'server.joulesPerGigaflop=50'],
      device({ transmitter: { amplifierEfficiency: 0.1, circuitPowerWatts: 0.2 } }),
    ]);
    assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
  });
  const bitsOf = (isUp: boolean) =>
    sum(
      messagesOf(result)
        .filter(({ from }) => (from !== 'server') === isUp)
        .map(({ bits }) => bits),
    );

  it('is of the transmitters what amplifier and circuits draw, of the receivers what listening draws', () => {
    const { devices, server } = energyOf(result).total;
    // Uplink 0.01 W / 0.1 + 0.2 W = 0.3 W, downlink 4 W / 0.25 + 2 W = 18 W; both receive at 0.5 W.
    near(devices.transmitJoules, (0.3 * bitsOf(true)) / 1e6, 'devices transmit');
    near(devices.receiveJoules, (0.5 * bitsOf(false)) / 1e6, 'devices receive');
    near(server.transmitJoules, (18 * bitsOf(false)) / 1e6, 'server transmits');
    near(server.receiveJoules, (0.5 * bitsOf(true)) / 1e6, 'server receives');
    assert.deepEqual([devices.idleJoules, server.idleJoules], [0, 0]);
  });

  it('is of the devices’ work κ f³ over its seconds, and of the server’s two operations for each number', () => {
    const work = workOf(result);
    // 1e-27 · (1e9)³ = 1 W.
    for (const row of work.filter(({ task }) => task === 'instruct'))
      near(row.joules, row.seconds, row.actor);
    const uploads = messagesOf(result).filter(({ kind }) => kind === 'update');
    const numbers = sum(uploads.flatMap(({ params }) => params.map(({ parameters }) => parameters)));
    near(energyOf(result).total.server.computeJoules, (50 * 2 * numbers) / 1e9, 'server computes');
    assert.deepEqual(work.map(({ actor, task, ended }) => `${actor} ${task} ${ended}`).sort(), [
      'client-1 instruct finished',
      'client-2 instruct finished',
      'server aggregate finished',
    ]);
  });

  it('stands in the one round, but for the last downloads', () => {
    const { stages: ofStages } = energyOf(result);
    const [round] = roundsOf(result);
    const last = messagesOf(result).filter(({ endedVirtualSeconds: end }) => end! > round!.virtualSeconds);
    assert.deepEqual(last.map(({ to }) => to).sort(), ['client-1', 'client-2']);
    const { rounds, outsideRounds, underWay } = ofStages.instruction;
    assert.deepEqual(rounds, round!.energy);
    near(outsideRounds.server.transmitJoules, sum(last.map((row) => row.transmitJoules)), 'server transmits');
    near(outsideRounds.devices.receiveJoules, sum(last.map((row) => row.receiveJoules)), 'devices receive');
    assert.equal(totalJoules(underWay), 0);
    assert.equal(outsideRounds.devices.computeJoules, 0);
  });

  it('is what the selection knows of each client', () => {
    const { ledger } = result.run.world;
    const { devices } = energyOf(result).total;
    const own = ledger.joulesOf('client-1') + ledger.joulesOf('client-2');
    near(own, sum(energyKinds.map((kind) => devices[kind])), 'both clients');
  });
});

/** Runs by which messages and work end late, twice, cut, or not at all. */
const courses: Readonly<
  Record<string, { set: readonly string[]; options?: ProtocolOptions; ended?: ComputeRow['ended'] }>
> = {
  'with copies, losses and repeats': {
    set: [
      'channel.faults=[{"effect":"duplicate","probability":0.5},{"effect":"delay","probability":0.5}]',
      ...['channel.retransmission=arq', 'channel.lossProbability=0.3', 'channel.ackLossProbability=0.3'],
    ],
  },
  // Client 3 is at its first task from 8.6 s to 9.2 s.
  'that its end cuts off': { set: ['limits.virtualSeconds=9'], ended: 'dropped' },
  'with devices that come and go': {
    set: [
      'clients.presence={"name":"markov","onSeconds":8,"offSeconds":3}',
      ...stages.map((stage) => `${stage}.deadlineSeconds=15`),
    ],
  },
  'with work that is dropped': {
    set: [
      ...['server.quorum=1', 'server.discipline=asynchronous', 'server.late=reset', 'server.maxStaleness=1'],
      ...['channel.uplink.bandwidthHz=100000000', 'channel.downlink.bandwidthHz=100000000'],
      ...stages.map((stage) => `${stage}.maxRounds=12`),
    ],
    options: { prepare: ({ slowness }) => void slowness.set('client-3', 20) },
    ended: 'dropped',
  },
};

for (const [name, { set, options, ended = 'finished' }] of Object.entries(courses)) {
  describe(`the joules of a run ${name}`, () => {
    let result: ProtocolRun;
    before(async () => {
      result = await protocolRun([...set, ...listening, device()], options);
      assert.notEqual(result.ended.reason, 'failed', JSON.stringify(result.ended));
    });

    it('are in rounds and rest what they are in messages and work, by side and kind', () => {
      const { total, stages: ofStages } = energyOf(result);
      const work = workOf(result);
      const ofMessages = (
        isServers: (row: MessageRow) => boolean,
        key: 'transmitJoules' | 'idleJoules' | 'receiveJoules',
      ) =>
        sum(
          messagesOf(result)
            .filter(isServers)
            .map((row) => row[key]),
        );
      const isDown = ({ from }: MessageRow) => from === 'server';
      const isUp = ({ from }: MessageRow) => from !== 'server';
      const expected = {
        devices: {
          transmitJoules: ofMessages(isUp, 'transmitJoules'),
          receiveJoules: ofMessages(isDown, 'receiveJoules'),
          idleJoules: ofMessages(isUp, 'idleJoules'),
          computeJoules: sum(work.filter(({ actor }) => actor !== 'server').map(({ joules }) => joules)),
        },
        server: {
          transmitJoules: ofMessages(isDown, 'transmitJoules'),
          receiveJoules: ofMessages(isUp, 'receiveJoules'),
          idleJoules: ofMessages(isDown, 'idleJoules'),
          computeJoules: 0,
        },
      };
      for (const side of sides) {
        for (const kind of energyKinds) {
          const parts = Object.values(ofStages).flatMap(({ rounds, outsideRounds, underWay }) => [
            rounds[side][kind],
            outsideRounds[side][kind],
            underWay[side][kind],
          ]);
          assert.ok(
            parts.every((part) => part >= 0),
            `${side} ${kind}: ${parts.join()}`,
          );
          near(sum(parts), expected[side][kind], `${side} ${kind}`);
          near(total[side][kind], expected[side][kind], `${side} ${kind}, total`);
        }
      }
      assert.ok(expected.devices.computeJoules > 0 && expected.devices.receiveJoules > 0);
    });

    it('are 1 W for as long as a device computes, whether to the end or not', () => {
      const work = workOf(result);
      assert.ok(
        work.some((row) => row.ended === ended),
        `no work is ${ended}`,
      );
      // A slow device takes longer over as many cycles.
      const slowness = (actor: string) => result.run.world.slowness.get(actor) ?? 1;
      for (const { actor, task, seconds, joules } of work)
        near(joules, seconds / slowness(actor), `${actor} ${task}`);
    });
  });
}

describe('what energy does not change', () => {
  it('is the trace, where nothing goes by it', async () => {
    const plain = await protocolRun(['clients.devices=[{"gigaflopsPerSecond":1,"share":1}]']);
    const counted = await protocolRun([device()]);
    assert.equal(plain.run.traceHash(), counted.run.traceHash());
    assert.ok(workOf(counted).length > 0 && workOf(plain).length === 0);
  });
});

describe('a battery', () => {
  const battery = {
    name: 'battery',
    capacityJoules: 3,
    computeWatts: 50,
    chargeWatts: 0,
  };

  it('pays for radio and work of its device by the processor, and what it has paid is recorded', async () => {
    const result = await protocolRun([
      ...['instruction.deadlineSeconds=60', 'reward.deadlineSeconds=60', 'alignment.deadlineSeconds=60'],
      'limits.virtualSeconds=300',
      ...listening,
      device(),
      `clients.presence=${JSON.stringify(battery)}`,
    ]);
    const off = result.run.written.metrics.find((row) => row.type === 'presence' && !row.on);
    assert.ok(off?.type === 'presence', 'none is empty');
    const until = (end: number | null) => end !== null && end <= off.virtualSeconds;
    const { actor } = off;
    const work = workOf(result).filter((row) => row.actor === actor && until(row.virtualSeconds));
    const own = messagesOf(result).filter((row) => until(row.endedVirtualSeconds));
    const spent =
      sum(work.map(({ joules }) => joules)) +
      sum(own.filter(({ from }) => from === actor).map((row) => row.transmitJoules + row.idleJoules)) +
      sum(own.filter(({ to }) => to === actor).map(({ receiveJoules }) => receiveJoules));
    // It may go off at the end of an attempt that took more than was left.
    assert.ok(spent >= 3 - 1e-4, `${spent} J of 3 J`);
    const before = work.filter((row) => row.virtualSeconds < off.virtualSeconds);
    const last = work.filter((row) => row.virtualSeconds === off.virtualSeconds);
    assert.ok(sum(before.map(({ joules }) => joules)) < 3, 'it was empty before');
    if (last.length > 0) near(spent, 3, 'until it was empty in the middle of its work');
  });

  it('pays its computeWatts for the work of a device without a processor, and that is recorded', async () => {
    const result = await protocolRun([
      'clients.devices=[{"gigaflopsPerSecond":1,"share":1}]',
      `clients.presence=${JSON.stringify({ ...battery, capacityJoules: 1e6, computeWatts: 7 })}`,
    ]);
    assert.ok(workOf(result).length > 0);
    for (const { seconds, joules } of workOf(result)) near(joules, 7 * seconds, 'work');
  });
});
