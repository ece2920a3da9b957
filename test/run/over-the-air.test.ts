import assert from 'node:assert/strict';
import type { World } from '../../src/actors/world.js';
import type { TaskRequest } from '../../src/learning/training/task.js';
import type { MessageRow, RoundRow } from '../../src/records/rows.js';
import { receivedMean } from '../../src/strategies/over-the-air/received-mean.js';
import { stream } from '../../src/simulation/random/stream.js';
import { protocolRun, untrainedExecutor, type ProtocolRun } from './untrained.js';

/* Whole runs without training whose updates add up over the air: the tiny scenario, three clients. */

const sharing = (options = {}) =>
  `channel.uplink.sharing=${JSON.stringify({ name: 'over-the-air', ...options })}`;
const air = [sharing(), 'channel.retransmission=none', 'channel.coherenceSeconds=0.001'];
const stage1 = [...air, 'stages=["instruction"]'];

const uploadsOf = ({ run }: ProtocolRun): readonly MessageRow[] =>
  run.written.messages.filter(({ to }) => to === 'server');
const roundsOf = ({ run }: ProtocolRun) =>
  run.written.metrics.filter((row): row is RoundRow => row.type === 'round');
const finished = (result: ProtocolRun) =>
  assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));

/** Seconds from the first to the last time at which something of these messages was on the air. */
const airtime = (rows: readonly MessageRow[]) =>
  Math.max(...rows.map(({ endedVirtualSeconds }) => endedVirtualSeconds!)) -
  Math.max(...rows.map(({ sentVirtualSeconds }) => sentVirtualSeconds));

const inRound = (rows: readonly MessageRow[], round: number) => rows.filter((row) => row.round === round);

describe('a run whose updates add up over the air', () => {
  it('goes through all stages, with a slot for each kind of update of a version', async () => {
    const result = await protocolRun(air);
    finished(result);
    assert.deepEqual(
      roundsOf(result).map(({ updates }) => updates),
      [3, 3, 3, 3, 3, 3],
    );
    for (const kind of ['update', 'helpful-update', 'harmless-update', 'alignment-update']) {
      for (const round of [1, 2]) {
        const rows = inRound(uploadsOf(result), round).filter((row) => row.kind === kind);
        assert.equal(new Set(rows.map(({ endedVirtualSeconds }) => endedVirtualSeconds)).size, 1);
        assert.deepEqual(
          rows.map(({ aggregatedIn, outcome, airBits }) => [aggregatedIn, outcome, airBits]),
          Array(3).fill([round, 'delivered', 0]),
        );
      }
    }
  });

  it('has a slot of parameters / (2 B) seconds however many clients there are', async () => {
    for (const clients of [2, 5]) {
      const result = await protocolRun([
        ...stage1,
        `clients.count=${clients}`,
        'clients.weightHarmless="uniform"',
      ]);
      const rows = inRound(uploadsOf(result), 1);
      assert.equal(rows.length, clients);
      const { parameters } = rows[0]!.params[0]!;
      assert.ok(Math.abs(airtime(rows) - Math.ceil(parameters / 2) / 1e6) < 2e-6);
    }
  });

  it('while on a band that clients divide the airtime grows with their number', async () => {
    const seconds = await Promise.all(
      [2, 5].map(async (clients) => {
        const equal = ['stages=["instruction"]', 'channel.uplink.sharing=equal', 'channel.fading=none'];
        const result = await protocolRun([
          ...equal,
          `clients.count=${clients}`,
          'clients.weightHarmless="uniform"',
        ]);
        const rows = inRound(uploadsOf(result), 1);
        return Math.max(...rows.map((row) => row.endedVirtualSeconds! - row.sentVirtualSeconds));
      }),
    );
    assert.ok(seconds[1]! > 1.5 * seconds[0]!, seconds.join());
  });

  it('publishes what was heard: the noisy mean of the gathered updates, and the same for the same seed', async () => {
    const requests: TaskRequest<'aggregate'>[] = [];
    const executor = untrainedExecutor((request) => {
      if (request.kind === 'aggregate') requests.push(request as TaskRequest<'aggregate'>);
    });
    const one = await protocolRun(stage1, { executor });
    const [{ hyper, params, seed }] = requests as [TaskRequest<'aggregate'>];
    const { air: reception, updates: about } = hyper;
    assert.ok(reception);
    assert.ok(reception.blocks.length > 1);
    const updates = Object.entries(params.updates).map(([client, set]) => ({
      ...{ client, params: set, base: null },
      ...about[client]!,
    }));
    const heard = receivedMean({ global: params.global, updates, reception }, stream(seed, 'air'));
    assert.deepEqual(requests[1]!.params.global!.values, heard.values);
    // Untrained, all sent the global model: what is new in it is noise.
    assert.notDeepEqual(heard.values, params.global!.values);
    const again = await protocolRun(stage1);
    assert.equal(again.run.traceHash(), one.run.traceHash());
    const other = await protocolRun([...stage1, 'seed=2']);
    assert.notEqual(other.run.traceHash(), one.run.traceHash());
  });

  it('opens the slot in time for the deadline without a client that is not ready, and sends it away', async () => {
    const set = [...stage1, 'model.preinstalled=true', 'instruction.deadlineSeconds=3'];
    const result = await protocolRun(set, { prepare: ({ slowness }) => slowness.set('client-3', 200) });
    finished(result);
    const [first] = roundsOf(result);
    assert.deepEqual([first!.updates, first!.virtualSeconds], [2, 3]);
    const [late] = uploadsOf(result).filter(({ outcome }) => outcome === 'dropped');
    assert.deepEqual(
      [late!.reason, late!.leftOut, late!.energyJoules, late!.onAirSeconds],
      ['timeout', 'given-up', 0, 0],
    );
    const heard = inRound(uploadsOf(result), 1).filter(({ aggregatedIn }) => aggregatedIn === 1);
    for (const row of heard) {
      const seconds = row.endedVirtualSeconds!;
      assert.ok(seconds <= 3 && seconds > 3 - 5e-6, String(seconds));
    }
  });

  it('does not hear a client whose update a script drops, and waits for nobody who was never reached', async () => {
    const faults = (...all: readonly object[]) => `channel.faults=${JSON.stringify(all)}`;
    const dropped = await protocolRun([
      ...stage1,
      'instruction.deadlineSeconds=9',
      faults({ effect: 'drop', direction: 'uplink', client: 2, round: 1 }),
    ]);
    finished(dropped);
    assert.equal(roundsOf(dropped)[0]!.updates, 2);
    const unreached = await protocolRun([
      ...stage1,
      faults({ effect: 'drop', direction: 'downlink', client: 2, step: '1.4', round: 1 }),
    ]);
    finished(unreached);
    assert.deepEqual(
      roundsOf(unreached).map(({ updates, closedBy }) => [updates, closedBy]),
      [
        [3, 'answers'],
        [2, 'answers'],
      ],
    );
  });

  it('goes on without a client that goes off before the slot or in it, which pays for what it sent', async () => {
    const plain = await protocolRun(stage1);
    const [row] = inRound(uploadsOf(plain), 1);
    const ends = row!.endedVirtualSeconds!;
    const last = Math.max(
      ...inRound(uploadsOf(plain), 1).map(({ sentVirtualSeconds }) => sentVirtualSeconds),
    );
    const crashAt = (seconds: number, client: string) => (world: World) => {
      world.clock.at(seconds, () => world.presence.crash(client, 1000));
    };
    const inSlot = await protocolRun([...stage1, 'instruction.deadlineSeconds=9'], {
      prepare: crashAt((last + ends) / 2, 'client-1'),
    });
    const cut = uploadsOf(inSlot).find(({ from }) => from === 'client-1')!;
    const whole = uploadsOf(plain).find(({ from }) => from === 'client-1')!;
    assert.deepEqual([cut.outcome, cut.reason, cut.leftOut], ['dropped', 'offline', 'given-up']);
    assert.ok(cut.transmitJoules > 0 && cut.transmitJoules < whole.transmitJoules);
    assert.equal(roundsOf(inSlot)[0]!.updates, 2);

    const waiting = uploadsOf(plain).find(({ sentVirtualSeconds }) => sentVirtualSeconds < last)!;
    const before = await protocolRun([...stage1, 'instruction.deadlineSeconds=9'], {
      prepare: crashAt((waiting.sentVirtualSeconds + last) / 2, waiting.from),
    });
    const withdrawn = uploadsOf(before).find(({ from }) => from === waiting.from)!;
    assert.deepEqual([withdrawn.reason, withdrawn.transmitJoules], ['offline', 0]);
    assert.equal(roundsOf(before)[0]!.updates, 2);
  });
});
