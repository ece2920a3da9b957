import assert from 'node:assert/strict';
import type { MessageRow, RoundRow } from '../../src/records/rows.js';
import { messageTotals } from '../../src/records/message-totals.js';
import type { Scenario } from '../../src/scenario/schema.js';
import { protocolRun, type ProtocolRun } from './untrained.js';

const clients = ['client-1', 'client-2', 'client-3'];

type Fault = Scenario['channel']['faults'][number];

/** The tiny scenario with a script of faults; it ends in its final state, with all invariants checked. */
async function faulty(faults: readonly Fault[], set: readonly string[] = []): Promise<ProtocolRun> {
  const result = await protocolRun([`channel.faults=${JSON.stringify(faults)}`, ...set]);
  assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
  return result;
}

function rounds({ run }: ProtocolRun, stage?: RoundRow['stage']): RoundRow[] {
  return run.written.metrics.filter(
    (row): row is RoundRow => row.type === 'round' && (stage === undefined || row.stage === stage),
  );
}

/** Rounds that a client has gone through a step for, in order. */
function roundsOf({ run }: ProtocolRun, actor: string, step: string): number[] {
  return run.written.metrics.flatMap((row) =>
    row.type === 'step' && row.actor === actor && row.step === step ? [row.round] : [],
  );
}

const messages = ({ run }: ProtocolRun) => run.written.messages;
const total = (rows: readonly MessageRow[], figure: 'energyJoules' | 'price' | 'airBits') =>
  rows.reduce((sum, row) => sum + row[figure], 0);
const near = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) <= 1e-9 * Math.abs(expected), `${found} instead of ${expected}`);

describe('a run with a script of faults', () => {
  it('aggregates an update once that arrives twice, and counts no copy as late', async () => {
    const plain = rounds(await protocolRun());
    // In the same round, in the next one, and in the next stage.
    for (const delaySeconds of [0, 0.01, 0.3, 1]) {
      const result = await faulty([{ effect: 'duplicate', direction: 'uplink', delaySeconds }]);
      const copies = messages(result).filter(({ copyOf }) => copyOf !== null);
      assert.equal(copies.length, 24);
      for (const { to, bits, energyJoules, attempts } of copies) {
        assert.deepEqual([to, bits > 0, energyJoules, attempts], ['server', true, 0, 0]);
      }
      assert.deepEqual(rounds(result), plain, `copies after ${delaySeconds} s`);
    }
  });

  it('trains no client twice for a download that arrives twice', async () => {
    for (const delaySeconds of [0, 0.2, 5]) {
      const result = await faulty([{ effect: 'duplicate', direction: 'downlink', delaySeconds }]);
      assert.ok(messages(result).some(({ copyOf, to }) => copyOf !== null && to === 'client-1'));
      for (const client of clients) {
        for (const step of ['1.3', '2.3', '3.3']) assert.deepEqual(roundsOf(result, client, step), [1, 2]);
      }
    }
  });

  it('trains no client for a download that others have overtaken', async () => {
    const late: Fault = { effect: 'delay', kind: 'global', client: 1, round: 1, delaySeconds: 30 };
    const result = await faulty([late], ['instruction.maxRounds=4', 'instruction.deadlineSeconds=20']);
    const [delayed] = messages(result).filter(({ kind, to, round }) => {
      return kind === 'global' && to === 'client-1' && round === 1;
    });
    const [next] = messages(result).filter(({ kind, to, round }) => {
      return kind === 'global' && to === 'client-1' && round === 2;
    });
    assert.ok(delayed!.endedVirtualSeconds! > next!.endedVirtualSeconds!);
    assert.deepEqual(roundsOf(result, 'client-1', '1.3'), [1, 3, 4]);
    assert.deepEqual(roundsOf(result, 'client-2', '1.3'), [1, 2, 3, 4]);
    assert.deepEqual(
      rounds(result, 'instruction').map(({ updates }) => updates),
      [3, 2, 3, 3],
    );
  });

  it('drops exactly the message that a fault names: client 3’s upload of Step 3.3 in round 4', async () => {
    const drop: Fault = { effect: 'drop', client: 3, direction: 'uplink', step: '3.3', round: 4 };
    const result = await faulty([drop], ['alignment.maxRounds=5', 'alignment.convergence.patience=9']);
    const dropped = messages(result).filter(({ outcome }) => outcome !== 'delivered');
    assert.deepEqual(
      dropped.map(({ from, step, round, outcome, reason, attempts }) => [
        from,
        step,
        round,
        outcome,
        reason,
        attempts,
      ]),
      [['client-3', '3.3', 4, 'dropped', 'fault', 4]],
    );
    assert.deepEqual(
      rounds(result, 'alignment').map(({ updates }) => updates),
      [3, 3, 3, 2, 3],
    );
  });

  it('delivers at the second attempt what a fault drops at the first', async () => {
    const drop: Fault = { effect: 'drop', client: 3, kind: 'update', round: 1, attempt: 1 };
    const result = await faulty([drop]);
    const [row] = messages(result).filter(({ attempts }) => attempts > 1);
    assert.deepEqual(
      [row!.from, row!.attempts, row!.outcome, row!.reason],
      ['client-3', 2, 'delivered', null],
    );
  });

  it('has nothing on the air in a blackout of the cell, and goes on after it', async () => {
    const result = await faulty([{ effect: 'blackout', fromSeconds: 2, toSeconds: 50 }]);
    const first = messages(result).filter(({ step }) => step === '1.1');
    assert.equal(first.length, 3);
    for (const { endedVirtualSeconds, onAirSeconds, transmitJoules } of first) {
      near(onAirSeconds, transmitJoules);
      assert.ok(endedVirtualSeconds! > 50 && onAirSeconds < 12);
      assert.ok(Math.abs(endedVirtualSeconds! - onAirSeconds - 48) < 1e-5);
    }
    const plain = total(messages(await protocolRun()), 'energyJoules');
    assert.ok(Math.abs(total(messages(result), 'energyJoules') / plain - 1) < 0.2);
  });

  it('says of every message that waited for a blackout how long, and for which fault of the script', async () => {
    const script: Fault[] = [
      { effect: 'drop', client: 1, kind: 'update', round: 1, attempt: 1 },
      { effect: 'blackout', fromSeconds: 2, toSeconds: 50 },
      { effect: 'blackout', stage: 'reward', kind: 'helpful-update', client: 2, toSeconds: 70 },
    ];
    const result = await faulty(script);
    for (const { step, blackouts, blackoutSeconds, delaySeconds, onAirSeconds } of messages(result)) {
      if (step === '1.1') {
        assert.deepEqual(blackouts, ['/channel/faults/1']);
        near(blackoutSeconds, 48);
        assert.ok(Math.abs(delaySeconds! - onAirSeconds - blackoutSeconds) < 1e-5);
      } else if (blackouts.length === 0) assert.equal(blackoutSeconds, 0);
    }
    const named = messages(result).filter(({ blackouts }) => blackouts.includes('/channel/faults/2'));
    assert.deepEqual(
      named.map(({ from, kind, round }) => [from, kind, round]),
      [['client-2', 'helpful-update', 1]],
    );
    // The clock counts in microseconds.
    assert.ok(Math.abs(named[0]!.endedVirtualSeconds! - named[0]!.onAirSeconds - 70) < 1e-5);
  });

  it('notes every fault that matched nothing, by its pointer, and no other', async () => {
    const script: Fault[] = [
      { effect: 'drop', client: 1, round: 7 },
      { effect: 'blackout', fromSeconds: 5000 },
      { effect: 'blackout', stage: 'alignment', round: 1, toSeconds: 0.5 },
      { effect: 'slow', client: 2, step: '1.3' },
      { effect: 'delay', client: 2, step: '2.3', delaySeconds: 0.1 },
      { effect: 'drop', client: 3, step: '3.3', attempt: 2 },
      // It matches, and never happens.
      { effect: 'corrupt', probability: 0 },
      { effect: 'duplicate', client: 1, stage: 'reward', fromSeconds: 4000 },
      { effect: 'blackout', fromSeconds: 1, toSeconds: 1.25, probability: 0 },
    ];
    const { run } = await faulty(script);
    assert.deepEqual(
      run.notes().map((note) => note.split(':')[0]),
      [0, 1, 2, 5, 7].map((index) => `/channel/faults/${index}`),
    );
    assert.match(run.notes()[0]!, /^\/channel\/faults\/0: the fault matched no message of this run; /);
    assert.deepEqual((await protocolRun()).run.notes(), []);
  });

  it('notes no fault of a message that was under way when the run ended', async () => {
    const script: Fault[] = [{ effect: 'blackout', client: 1, direction: 'downlink', fromSeconds: 1 }];
    const { run, ended } = await protocolRun([
      `channel.faults=${JSON.stringify(script)}`,
      'limits.virtualSeconds=30',
    ]);
    assert.equal(ended.reason, 'out-of-virtual-time');
    assert.deepEqual(run.notes(), []);
  });

  it('has an update late whose link is slow', async () => {
    const slow: Fault = { effect: 'slow', client: 2, kind: 'update', round: 1, factor: 0.02 };
    const result = await faulty([slow], ['instruction.deadlineSeconds=15']);
    assert.deepEqual(
      rounds(result, 'instruction').map(({ updates, late, closedBy }) => [updates, late, closedBy]),
      [
        [2, 0, 'deadline'],
        [3, 1, 'answers'],
      ],
    );
  });

  it('gives up what comes with a failed checksum every time, for that reason', async () => {
    const corrupt: Fault = { effect: 'corrupt', client: 1, kind: 'helpful-update', round: 2 };
    const result = await faulty([corrupt], ['channel.maxTransmissions=2']);
    const [row] = messages(result).filter(({ outcome }) => outcome === 'dropped');
    assert.deepEqual(
      [row!.from, row!.kind, row!.round, row!.reason, row!.attempts, row!.acknowledged],
      ['client-1', 'helpful-update', 2, 'corrupted', 2, false],
    );
    assert.equal(rounds(result, 'reward')[1]!.updates, 3, 'the other reward model still counts');
  });

  it('sends a client again what the server does not know to have arrived', async () => {
    const result = await protocolRun(['channel.ackLossProbability=0.99', 'instruction.maxRounds=3']);
    assert.equal(result.ended.reason, 'finished');
    const downloads = messages(result).filter(({ to }) => to !== 'server');
    const unheard = downloads.find(({ kind, acknowledged }) => kind === 'model' && acknowledged === false);
    assert.deepEqual([unheard!.outcome, unheard!.attempts], ['delivered', 4]);
    const again = downloads.filter(({ to, id }) => to === unheard!.to && id > unheard!.id);
    assert.ok(again.some(({ params }) => params.some(({ kind }) => kind === 'base')));
  });
});

describe('the messages of a run', () => {
  it('tell the story that the scenario asks for, and are the same run whatever they tell', async () => {
    const radio = ['channel.lossProbability=0.3', 'channel.packetBits=12000'];
    const [none, attempts, blocks] = await Promise.all(
      ['none', 'attempts', 'blocks'].map((story) => protocolRun([...radio, `channel.story=${story}`])),
    );
    assert.ok(messages(none!).every(({ story }) => story === undefined));
    for (const row of messages(attempts!)) {
      const { story = [] } = row;
      assert.equal(story.length, row.attempts);
      near(
        story.reduce((sum, { onAirSeconds }) => sum + onAirSeconds, 0),
        row.onAirSeconds,
      );
      near(
        story.reduce((sum, { energyJoules }) => sum + energyJoules, 0),
        row.energyJoules,
      );
      assert.ok(story.every(({ samples }) => samples === undefined));
      assert.equal(story.at(-1)!.acknowledged, row.acknowledged);
      story.slice(1).forEach(({ packets }, i) => assert.equal(packets, story[i]!.lostPackets));
    }
    for (const { story = [] } of messages(blocks!)) {
      for (const { samples = [], blocks: count } of story) {
        assert.ok(samples.length > 0 && samples.length <= Math.min(count, 240));
      }
    }
    assert.equal(attempts!.run.traceHash(), none!.run.traceHash());
    assert.equal(blocks!.run.traceHash(), none!.run.traceHash());
  });

  it('cost in a round what those of its own stage cost that have ended in it', async () => {
    const result = await protocolRun();
    let from = -Infinity;
    for (const { stage, round, virtualSeconds, energyJoules } of rounds(result)) {
      const own = messages(result).filter(
        (row) =>
          row.stage === stage &&
          row.endedVirtualSeconds! > from &&
          row.endedVirtualSeconds! <= virtualSeconds,
      );
      near(energyJoules, total(own, 'energyJoules'));
      assert.ok(own.every((row) => row.round === round || row.round === round - 1));
      from = virtualSeconds;
    }
    // The last download of each stage counts in no round.
    const last = messages(result).filter(({ from: sender, round }) => sender === 'server' && round === 2);
    const all = rounds(result).reduce((sum, { energyJoules }) => sum + energyJoules, 0);
    near(all + total(last, 'energyJoules'), total(messages(result), 'energyJoules'));
  });

  it('cost the price of a megabyte for every megabyte on the air, repeats and headers included', async () => {
    const result = await protocolRun([
      'channel.pricePerMegabyte=0.5',
      'channel.lossProbability=0.3',
      'channel.packetBits=12000',
      'channel.packetHeaderBits=320',
    ]);
    for (const { price, airBits, bits } of messages(result)) {
      near(price, (0.5 * airBits) / 8e6);
      assert.ok(airBits > bits);
    }
    const totals = messageTotals(messages(result));
    near(totals.price, (0.5 * totals.airBits) / 8e6);
    near(totals.airBits, total(messages(result), 'airBits'));
  });

  it('of one content go on the air once in a broadcast: all end together and share the energy', async () => {
    const [unicast, broadcast] = await Promise.all(
      ['unicast', 'broadcast'].map((cast) => protocolRun([`channel.downlink.cast=${cast}`])),
    );
    const models = messages(broadcast!).filter(({ step }) => step === '1.1');
    assert.equal(models.length, 3);
    assert.equal(new Set(models.map(({ endedVirtualSeconds }) => endedVirtualSeconds)).size, 1);
    assert.equal(new Set(models.map(({ energyJoules }) => energyJoules)).size, 1);
    near(total(models, 'energyJoules'), models[0]!.onAirSeconds);
    const alone = messages(unicast!).filter(({ step }) => step === '1.1');
    assert.ok(models[0]!.onAirSeconds > Math.max(...alone.map(({ onAirSeconds }) => onAirSeconds)));
    assert.ok(total(models, 'energyJoules') < total(alone, 'energyJoules'));
  });

  it('are the same in two runs of one scenario with everything on the air at once', async () => {
    const everything = [
      'channel.fading=rician',
      'channel.correlation=jakes',
      'channel.rate=mcs',
      'channel.lossProbability=0.05',
      'channel.packetBits=12000',
      'channel.backoffSeconds=0.05',
      'channel.ackLossProbability=0.1',
      'channel.maxTransmissions=8',
      'channel.uplink.sharing=proportional-fair',
      'channel.cell={"mobility":{}}',
      'channel.idlePowerWatts=0.01',
      'channel.receivePowerWatts=0.1',
    ];
    const [one, other] = await Promise.all([protocolRun(everything), protocolRun(everything)]);
    assert.equal(one.ended.reason, 'finished', JSON.stringify(one.ended));
    assert.ok(messages(one).some(({ attempts }) => attempts > 1));
    assert.equal(other.run.traceHash(), one.run.traceHash());
    const [elsewhere] = await Promise.all([protocolRun([...everything, 'seed=2'])]);
    assert.notEqual(elsewhere.run.traceHash(), one.run.traceHash());
  });
});
