import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { World } from '../../src/actors/world.js';
import type { MessageRow, PresenceRow, RoundRow } from '../../src/records/rows.js';
import { paramSet, tensorsOf } from '../../src/learning/params/param-set.js';
import type { Executor } from '../../src/learning/training/executor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import { protocolRun, untrainedExecutor, type ProtocolRun } from './untrained.js';

/*
 * Clients that go away and come back, in whole runs without training. The links of these runs are fast beside the
 * devices, unless a test says otherwise.
 */

const slow = 'clients.devices=[{"gigaflopsPerSecond":0.2,"share":1}]';
const fast = ['uplink', 'downlink']
  .flatMap((side) => [`channel.${side}.bandwidthHz=100000000`, `channel.${side}.referenceBandwidthHz=null`])
  .concat(slow);
const noDeadline = 'instruction.deadlineSeconds=null';
const ids = (count: number) => Array.from({ length: count }, (_, index) => `client-${index + 1}`);
const one = ['stages=["instruction"]', 'server.quorum=1', 'instruction.convergence.patience=99'];

const rowsOf = ({ run }: ProtocolRun) => run.written.metrics;
const roundsOf = (result: ProtocolRun) =>
  rowsOf(result).filter((row): row is RoundRow => row.type === 'round');
const turnsOf = (result: ProtocolRun) =>
  rowsOf(result).filter((row): row is PresenceRow => row.type === 'presence');
const messagesOf = ({ run }: ProtocolRun): readonly MessageRow[] => run.written.messages;
const endOf = ({ run }: ProtocolRun) => run.world.clock.nowSeconds;

/** Does something at a time of the run. */
const at =
  (...acts: readonly (readonly [seconds: number, act: (world: World) => void])[]) =>
  (world: World) => {
    for (const [seconds, act] of acts) world.clock.at(seconds, () => act(world));
  };

/** Trains as far as the protocol can tell: each task gives adapters back that nobody has. */
function movingExecutor(): Executor {
  const executor = untrainedExecutor();
  let count = 0;
  return {
    ...executor,
    async run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
      const result = await executor.run(request);
      if (request.kind !== 'instruct') return result;
      const { tuned } = result.output as TaskResult<'instruct'>['output'];
      const adapters = tuned['adapters']!;
      count += 1;
      const moved = [...tensorsOf(adapters)].map((tensor) => ({
        ...tensor,
        values: tensor.values.map((value) => value + count),
      }));
      const output = { ...result.output, tuned: { ...tuned, adapters: paramSet(adapters.kind, moved) } };
      return { ...result, output };
    },
  };
}

/** When a run without disturbance does what: the seconds of its clients' work, and of its messages. */
async function undisturbed(set: readonly string[]) {
  const result = await protocolRun(set);
  const [download] = messagesOf(result).filter(({ to }) => to === 'client-1');
  const [upload] = messagesOf(result).filter(({ from }) => from === 'client-1');
  return {
    working: (download!.endedVirtualSeconds! + upload!.sentVirtualSeconds) / 2,
    upload: upload!,
    result,
  };
}

describe('a client that crashes', () => {
  it('drops what it works on; the round goes on without it when it is back', async () => {
    const { working, result: before } = await undisturbed([...fast, ...one]);
    const crash = at([working, ({ presence }) => presence.crash('client-1', 0.01)]);
    const result = await protocolRun([...fast, ...one], { prepare: crash });
    assert.equal(result.ended.reason, 'finished');
    assert.deepEqual(
      roundsOf(result).map(({ updates }) => updates),
      [2, 3],
    );
    assert.deepEqual(
      turnsOf(result).map(({ actor, on, cause }) => [actor, on, cause]),
      [
        ['client-1', false, 'crash'],
        ['client-1', true, 'crash'],
      ],
    );
    assert.deepEqual(
      roundsOf(before).map(({ updates }) => updates),
      [3, 3],
    );
  });

  it('gives the update on the air up, at the end of its attempt', async () => {
    const { upload } = await undisturbed(one);
    const during = (upload.sentVirtualSeconds + upload.endedVirtualSeconds!) / 2;
    const crash = at([during, ({ presence }) => presence.crash('client-1', 1000)]);
    const result = await protocolRun([...one, 'instruction.deadlineSeconds=100'], { prepare: crash });
    const cut = messagesOf(result).find(({ id }) => id === upload.id)!;
    assert.deepEqual(
      [cut.outcome, cut.reason, cut.attempts, cut.leftOut],
      ['dropped', 'offline', 1, 'given-up'],
    );
    // 1 W, on the air until the crash in the middle of it; the clock keeps whole microseconds.
    assert.ok(Math.abs(cut.transmitJoules - upload.transmitJoules / 2) <= 2e-6, `${cut.transmitJoules} J`);
    assert.ok(cut.endedVirtualSeconds! >= upload.endedVirtualSeconds! - 1e-6);
  });

  it('pays for no wait after the attempt in which it went off', async () => {
    const lost = { effect: 'drop', client: 1, direction: 'uplink' };
    const set = [...one, 'channel.idlePowerWatts=0.5', `channel.faults=${JSON.stringify([lost])}`];
    const { upload } = await undisturbed([...one]);
    const during = (upload.sentVirtualSeconds + upload.endedVirtualSeconds!) / 2;
    const crash = at([during, ({ presence }) => presence.crash('client-1', 1000)]);
    const result = await protocolRun([...set, 'instruction.deadlineSeconds=100'], { prepare: crash });
    const cut = messagesOf(result).find(({ id }) => id === upload.id)!;
    assert.deepEqual([cut.attempts, cut.reason, cut.idleJoules], [1, 'offline', 0]);
  });

  it('comes back with the model of its latest update, and is sent all that it lacks', async () => {
    const { working } = await undisturbed([...fast, ...one]);
    // Of its second order: it has sent the update of the first.
    const set = [...fast, ...one, 'instruction.maxRounds=4'];
    const plain = await protocolRun(set);
    const [, second] = roundsOf(plain);
    const during = second!.virtualSeconds - second!.seconds + working / 2;
    const crashed = await protocolRun(set, {
      executor: movingExecutor(),
      prepare: at([during, ({ presence }) => presence.crash('client-1', 0.01)]),
    });
    const next = messagesOf(crashed).find(
      ({ to, sentVirtualSeconds }) => to === 'client-1' && sentVirtualSeconds > during,
    )!;
    const kinds = next.params.map(({ kind }) => kind);
    assert.deepEqual(kinds, ['adapters'], 'the base model was saved with the update');

    const early = await protocolRun(set, {
      prepare: at([working, ({ presence }) => presence.crash('client-1', 0.01)]),
    });
    const all = messagesOf(early).find(
      ({ to, sentVirtualSeconds }) => to === 'client-1' && sentVirtualSeconds > working,
    )!;
    assert.deepEqual(
      all.params.map(({ kind }) => kind),
      ['base', 'adapters'],
      'it had sent nothing, and lost everything',
    );
  });

  it('is off for good where nothing brings it back, until it joins', async () => {
    const { working } = await undisturbed([...fast, ...one]);
    const set = [...fast, ...one, 'instruction.maxRounds=6', 'instruction.deadlineSeconds=5'];
    const crash = [working, ({ presence }: World) => presence.crash('client-1', null)] as const;
    const join = [12, ({ presence }: World) => presence.join('client-1')] as const;
    const gone = await protocolRun(set, { prepare: at(crash) });
    assert.ok(roundsOf(gone).every(({ updates }) => updates === 2));
    const back = await protocolRun(set, { prepare: at(crash, join) });
    assert.equal(roundsOf(back).at(-1)!.updates, 3);
  });
});

describe('a client that leaves for good', () => {
  const leave = (seconds: number) => at([seconds, ({ presence }) => presence.leave('client-2')]);

  it('is waited for until the deadline once, and then asked no more', async () => {
    const set = [...fast, ...one, 'instruction.maxRounds=3', 'instruction.deadlineSeconds=5'];
    const { working } = await undisturbed([...fast, ...one]);
    const result = await protocolRun(set, { prepare: leave(working) });
    assert.deepEqual(result.ended.reason, 'finished');
    const rounds = roundsOf(result);
    assert.deepEqual(
      rounds.map(({ closedBy, cohort, updates }) => [closedBy, cohort, updates]),
      [
        ['deadline', 3, 2],
        // The download was given up at once: only now the server knows.
        ['answers', 3, 2],
        ['answers', 2, 2],
      ],
    );
  });

  it('holds a run up for ever that has no deadline, and the report says that it is away', async () => {
    const { working } = await undisturbed([...fast, ...one]);
    const { ended } = await protocolRun([...fast, ...one, noDeadline], { prepare: leave(working) });
    assert.equal(ended.reason, 'deadlock');
    const [server] = ended.waiting;
    assert.equal(server!.for, 'updates of client-2 (away) for round 1 of instruction');
    const client = ended.waiting.find(({ actor }) => actor === 'client-2')!;
    assert.equal(client.state, 'offline');
    assert.match(client.for, /being on again: it is away/);
  });

  it('does not keep a run alive that has come to its deadlock, though others come and go', async () => {
    const { working } = await undisturbed([...fast, ...one]);
    const churn = 'clients.presence={"name":"markov","onSeconds":1000,"offSeconds":0.001}';
    const result = await protocolRun([...fast, ...one, noDeadline, churn], { prepare: leave(working) });
    assert.equal(result.ended.reason, 'deadlock');
    assert.ok(endOf(result) < 1e5, String(endOf(result)));
  });
});

describe('a run whose clients are all away', () => {
  const all = (act: (world: World, id: string) => void) => (world: World) => {
    for (const id of ids(3)) act(world, id);
  };

  it('waits, closes no round in no time, and goes on with the one that returns', async () => {
    const result = await protocolRun([...fast, ...one, noDeadline], {
      prepare: at(
        [0, all(({ presence }, id) => presence.leave(id))],
        [50, ({ presence }) => presence.join('client-3')],
      ),
    });
    assert.equal(result.ended.reason, 'finished');
    const rounds = roundsOf(result);
    assert.deepEqual(
      rounds.map(({ updates }) => updates),
      [1, 1],
    );
    assert.ok(rounds[0]!.virtualSeconds > 50);
    assert.deepEqual(rounds[0]!.members, ids(3));
  });

  it('is in a deadlock where nobody returns, and says so', async () => {
    const { ended } = await protocolRun([...fast, ...one, noDeadline], {
      prepare: at([0, all(({ presence }, id) => presence.leave(id))]),
    });
    assert.equal(ended.reason, 'deadlock');
    assert.equal(
      ended.waiting[0]!.for,
      'updates of anybody, as all who could be asked are away for round 1 of instruction',
    );
  });

  it('loses its rounds to the deadline, each after all of its seconds', async () => {
    const result = await protocolRun([...fast, ...one, 'instruction.deadlineSeconds=7'], {
      prepare: at([0, all(({ presence }, id) => presence.leave(id))]),
    });
    assert.equal(result.ended.reason, 'finished');
    assert.deepEqual(
      roundsOf(result).map(({ seconds, updates }) => [seconds, updates]),
      [
        [7, 0],
        [7, 0],
      ],
    );
  });
});

describe('Markov presence', () => {
  const disciplines = [
    'synchronous',
    'asynchronous',
    '{"name":"over-selection","factor":1.5}',
    '{"name":"buffered","size":2}',
    '{"name":"timed","everySeconds":2}',
    'semi-asynchronous',
    '{"name":"tiers","tiers":2}',
  ];
  const stages = ['instruction', 'reward', 'alignment'];

  for (const discipline of disciplines) {
    it(`under ${discipline} comes through all three stages, given deadlines`, async () => {
      for (const seed of [1, 2, 3]) {
        const result = await protocolRun([
          ...fast,
          `seed=${seed}`,
          'clients.count=6',
          'clients.weightHarmless=uniform',
          'data.synthetic.facts=0',
          'server.quorum=1',
          `server.discipline=${discipline}`,
          'clients.presence={"name":"markov","onSeconds":6,"offSeconds":3}',
          ...stages.flatMap((stage) => [
            `${stage}.maxRounds=8`,
            `${stage}.convergence.patience=99`,
            `${stage}.deadlineSeconds=12`,
          ]),
        ]);
        assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
        assert.equal(roundsOf(result).length, 24);
        assert.ok(turnsOf(result).length > 10);
        assert.ok(messagesOf(result).some(({ reason }) => reason === 'offline'));
        assert.ok(roundsOf(result).some(({ updates }) => updates > 0));
      }
    });
  }

  for (const discipline of disciplines) {
    it(`under ${discipline} goes along with crashes, copies and delays: no invariant is broken`, async () => {
      const crashes = Array.from({ length: 40 }, (_, k) => {
        const client = `client-${1 + ((k * 7) % 6)}`;
        return [3.7 * k, ({ presence }: World) => presence.crash(client, (k % 4) * 1.3)] as const;
      });
      const result = await protocolRun(
        [
          slow,
          'clients.count=6',
          'clients.weightHarmless=uniform',
          'data.synthetic.facts=0',
          'server.quorum=1',
          'server.late=accept',
          `server.discipline=${discipline}`,
          'channel.uplink.bandwidthHz=3000000',
          'channel.downlink.bandwidthHz=10000000',
          'channel.uplink.referenceBandwidthHz=null',
          'channel.downlink.referenceBandwidthHz=null',
          'channel.downlink.cast=broadcast',
          'channel.lossProbability=0.2',
          'channel.ackLossProbability=0.2',
          'channel.faults=[{"effect":"duplicate","probability":0.5},{"effect":"delay","probability":0.5}]',
          'clients.presence={"name":"markov","onSeconds":8,"offSeconds":3}',
          ...stages.flatMap((stage) => [
            `${stage}.maxRounds=6`,
            `${stage}.convergence.patience=99`,
            `${stage}.deadlineSeconds=15`,
          ]),
        ],
        { prepare: at(...crashes) },
      );
      assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
      assert.ok(turnsOf(result).some(({ cause }) => cause === 'crash'));
    });
  }

  it('goes on by itself without deadlines, as whoever is waited for comes back', async () => {
    const result = await protocolRun([
      ...fast,
      'server.quorum=1',
      'clients.presence={"name":"markov","onSeconds":10,"offSeconds":100}',
      ...stages.map((stage) => `${stage}.deadlineSeconds=null`),
    ]);
    assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
  });
});

describe('presence by battery', () => {
  it('turns devices off that radio and work have emptied, and on when they are charged', async () => {
    const battery = {
      name: 'battery',
      capacityJoules: 10,
      computeWatts: 2,
      chargeWatts: 1,
      chargeFromSeconds: 0,
      chargeToSeconds: 100,
      periodSeconds: 100,
      restartShare: 0.9,
    };
    const set = [...fast, ...one, noDeadline, 'instruction.maxRounds=6'];
    const result = await protocolRun([...set, `clients.presence=${JSON.stringify(battery)}`]);
    assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
    assert.ok(turnsOf(result).some(({ on, cause }) => !on && cause === 'battery'));
    assert.ok(turnsOf(result).some(({ on, cause }) => on && cause === 'battery'));
    assert.deepEqual(result.run.manifest.notes, [
      '/instruction/deadlineSeconds: is null: with /clients/presence "battery" a round may wait as long as a ' +
        'client is off that it asked',
    ]);
  });
});

describe('presence by a file', () => {
  it('is on in its times, and off at 0 s where they begin later', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pwff-'));
    try {
      const file = join(folder, 'on.csv');
      writeFileSync(file, 'client,fromSeconds,toSeconds\na,0,1000\nb,20,1000\n');
      const presence = { name: 'daily', file, periodSeconds: 1000 };
      const set = [...fast, ...one, `clients.presence=${JSON.stringify(presence)}`];
      const result = await protocolRun([...set, 'instruction.maxRounds=1']);
      assert.deepEqual(
        turnsOf(result).map(({ actor, virtualSeconds, on, cause }) => [actor, virtualSeconds, on, cause]),
        [['client-2', 0, false, 'daily']],
      );
      assert.deepEqual(
        roundsOf(result).map(({ updates }) => updates),
        [2],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
