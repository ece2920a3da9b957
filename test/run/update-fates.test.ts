import assert from 'node:assert/strict';
import { protocol, type MessageKind } from '../../machines/protocol.js';
import type { DisciplineStrategy, RunEvent } from '../../src/index.js';
import { synchronous } from '../../src/strategies/disciplines/synchronous.js';
import type { LeftOut } from '../../src/records/fate.js';
import type { MessageRow, RoundRow } from '../../src/records/rows.js';
import type { Scenario } from '../../src/scenario/schema.js';
import { protocolRun, type ProtocolRun } from './untrained.js';

type Fault = Scenario['channel']['faults'][number];

const faulty = (faults: readonly Fault[], ...set: readonly string[]) =>
  protocolRun([`channel.faults=${JSON.stringify(faults)}`, ...set]);
const uploads = ({ run }: ProtocolRun) => run.written.messages.filter(({ to }) => to === 'server');
const fatesOf = (rows: readonly MessageRow[]) =>
  rows.map(({ aggregatedIn, leftOut }) => aggregatedIn ?? leftOut);

/** The fates of one client's uploads of a kind, in the order of their rounds. */
function fates(result: ProtocolRun, client: number, kind: MessageKind): (number | LeftOut | null)[] {
  const own = uploads(result).filter((row) => row.from === `client-${client}` && row.kind === kind);
  return fatesOf(own.sort((a, b) => a.round - b.round));
}

describe('the row of a message', () => {
  it('says of every update in which round it was averaged, as the round rows count them', async () => {
    const set = ['channel.uplink.lossProbability=0.5', 'channel.maxTransmissions=2', 'server.quorum=2'];
    const result = await protocolRun([...set, 'instruction.maxRounds=5']);
    const rounds = result.run.written.metrics.filter((row): row is RoundRow => row.type === 'round');
    for (const { stage, round, updates } of rounds) {
      const averaged = uploads(result).filter((row) => row.stage === stage && row.aggregatedIn === round);
      assert.equal(new Set(averaged.map(({ from }) => from)).size, updates, `${stage} ${round}`);
    }
    for (const { to, kind, aggregatedIn, leftOut } of result.run.written.messages) {
      const isUpdate = protocol[kind as MessageKind].direction === 'up';
      assert.equal(isUpdate, to === 'server');
      assert.equal(Number(aggregatedIn !== null) + Number(leftOut !== null), isUpdate ? 1 : 0);
    }
    assert.ok(uploads(result).some(({ leftOut }) => leftOut === 'given-up'));
    assert.ok(rounds.some(({ updates }) => updates > 0 && updates < 3));
  });

  it('says of a late update that it was left out, or in which later round it was averaged', async () => {
    const slow: Fault = { effect: 'slow', client: 2, kind: 'update', round: 1, factor: 0.02 };
    const deadline = 'instruction.deadlineSeconds=15';
    assert.deepEqual(fates(await faulty([slow], deadline), 2, 'update'), ['late', 2]);
    const lost: Fault = { effect: 'drop', client: 2, kind: 'update', round: 2 };
    const accepted = await faulty([slow, lost], deadline, 'server.late=accept');
    assert.deepEqual(fates(accepted, 2, 'update'), [2, 'given-up']);
  });

  it('says that a newer update of its client took its place, before it came or after', async () => {
    const set = ['instruction.deadlineSeconds=40', 'server.late=accept'];
    const [plain] = uploads(await protocolRun()).filter(({ from }) => from === 'client-2');
    // Round 2 is open from 40 s on, and client 2's update of it is there in half a second.
    for (const arrivesAtSeconds of [40.2, 60]) {
      const delaySeconds = arrivesAtSeconds - plain!.endedVirtualSeconds!;
      const result = await faulty(
        [
          { effect: 'delay', client: 2, kind: 'update', round: 1, delaySeconds },
          { effect: 'delay', client: 1, kind: 'update', round: 2, delaySeconds: 30 },
        ],
        ...set,
      );
      const [first, second] = uploads(result).filter(
        ({ from, kind }) => from === 'client-2' && kind === 'update',
      );
      assert.equal(first!.round, arrivesAtSeconds < 41 ? 1 : 2);
      assert.ok(first!.endedVirtualSeconds! < second!.endedVirtualSeconds!);
      assert.deepEqual(fates(result, 2, 'update'), ['superseded', 2]);
    }
  });

  it('says that an update came twice, that its link gave it up, that too few had come', async () => {
    const copies = await faulty([{ effect: 'duplicate', client: 1, kind: 'update', delaySeconds: 0.3 }]);
    const copied = uploads(copies).filter(({ copyOf }) => copyOf !== null);
    assert.deepEqual(fatesOf(copied), ['duplicate', 'duplicate']);
    const drop: Fault = { effect: 'drop', client: 1, kind: 'helpful-update', round: 1 };
    const dropped = await faulty([drop], 'server.quorum=3', 'reward.deadlineSeconds=30');
    assert.deepEqual(fates(dropped, 1, 'helpful-update'), ['given-up', 2]);
    assert.deepEqual(fates(dropped, 2, 'helpful-update'), ['below-quorum', 2]);
    assert.deepEqual(fates(dropped, 2, 'harmless-update'), [1, 2], 'a quorum counts for each reward model');
  });

  it('says that the run was over before it, and that the last round was closed before it', async () => {
    const cut = await protocolRun(['limits.virtualSeconds=8.4']);
    assert.equal(cut.ended.reason, 'out-of-virtual-time');
    assert.ok(uploads(cut).length > 0);
    assert.deepEqual(new Set(fatesOf(uploads(cut))), new Set(['run-ended']));
    const delay: Fault = { effect: 'delay', client: 3, kind: 'alignment-update', round: 2, delaySeconds: 99 };
    const over = await faulty([delay], 'alignment.deadlineSeconds=30');
    assert.equal(over.ended.reason, 'finished');
    assert.deepEqual(fates(over, 3, 'alignment-update'), [1, 'late']);
  });

  it('says that the discipline did not admit an update though it was in time', async () => {
    const picky: DisciplineStrategy = {
      ...{ name: 'picky', description: 'all but client 3' },
      make: (settings) => ({
        ...synchronous.make(settings),
        admits: ({ client }) => client !== 'client-3',
      }),
    };
    const set = ['server.discipline=picky', 'instruction.deadlineSeconds=20', 'reward.deadlineSeconds=20'];
    const strategies = { disciplines: [picky] };
    const result = await protocolRun([...set, 'alignment.deadlineSeconds=20'], { strategies });
    assert.deepEqual(fates(result, 3, 'update'), ['refused', 'refused']);
    assert.deepEqual(fates(result, 2, 'update'), [1, 2]);
  });

  it('waits for it behind none that ended after it, and the trace is that of the messages’ ends', async () => {
    const events: RunEvent[] = [];
    const observers = [{ next: (event: RunEvent) => void events.push(event) }];
    const { run } = await protocolRun(['channel.uplink.lossProbability=0.4'], { observers });
    const ended = events.flatMap((event) => (event.type === 'message-ended' ? [event.row] : []));
    const written = run.written.messages.map(({ aggregatedIn: _, leftOut: __, ...row }) => row);
    assert.deepEqual(written, ended);
    // On disk with the round: no row of a message waits longer than for the close of its round.
    let waiting = 0;
    for (const event of events) {
      if (event.type === 'message-ended') waiting += 1;
      if (event.type === 'message') waiting -= 1;
      if (event.type === 'row' && event.row.type === 'round') assert.equal(waiting, 0);
    }
    assert.equal(waiting, 0);
  });
});
