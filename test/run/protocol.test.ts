import assert from 'node:assert/strict';
import { partsOf, sharedParts } from '../../src/strategies/methods/parts.js';
import { methods } from '../../src/strategies/methods/index.js';
import type { MethodName } from '../../src/strategies/methods/index.js';
import type { RoundRow } from '../../src/records/rows.js';
import { placeOf } from './one-place.js';
import { protocolRun, untrainedExecutor, type ProtocolRun } from './untrained.js';

function rounds({ run }: ProtocolRun): RoundRow[] {
  return run.written.metrics.filter((row): row is RoundRow => row.type === 'round');
}

function steps({ run }: ProtocolRun, actor: string): string[] {
  return run.written.metrics.flatMap((row) => (row.type === 'step' && row.actor === actor ? [row.step] : []));
}

describe('a run of the protocol', () => {
  it('takes the server and every client through the steps of the paper, two rounds per stage', async () => {
    const result = await protocolRun();
    assert.equal(result.ended.reason, 'finished');
    const server = ['1.1', '1.4', '1.5', '1.4', '1.5', '2.1', '2.4', '2.5', '2.4', '2.5'];
    assert.deepEqual(steps(result, 'server'), [...server, '3.4', '3.5', '3.4', '3.5']);
    const client = ['1.2', '1.3', '1.3', '2.2', '2.3', '2.3', '3.1', '3.2', '3.3', '3.2', '3.3'];
    for (const id of ['client-1', 'client-2', 'client-3']) assert.deepEqual(steps(result, id), client);
  });

  it('converges where the loss that clients report stays as it is', async () => {
    const { ended } = await protocolRun(['instruction.maxRounds=9', 'instruction.convergence.patience=2']);
    assert.deepEqual(ended, {
      reason: 'finished',
      stages: { instruction: 'converged', reward: 'out-of-rounds', alignment: 'out-of-rounds' },
    });
  });

  it('goes on without the uploads that the link drops, and ends', async () => {
    const result = await protocolRun(['channel.lossProbability=0.5', 'channel.maxTransmissions=1']);
    assert.equal(result.ended.reason, 'finished');
    const { messages } = result.run.written;
    assert.ok(messages.some(({ outcome }) => outcome === 'dropped'));
    assert.ok(rounds(result).some(({ updates, cohort }) => updates < cohort));
  });

  it('loses every round of a link that carries nothing, and still ends', async () => {
    const result = await protocolRun(['channel.lossProbability=1']);
    assert.equal(result.ended.reason, 'finished');
    assert.deepEqual(
      rounds(result).map(({ loss, updates }) => [loss, updates]),
      Array.from({ length: 6 }, () => [null, 0]),
    );
  });

  it('brings a client up to date that missed the first downloads', async () => {
    // Tries seeds until a client gets no download before the second stage.
    for (let seed = 1; seed <= 40; seed++) {
      const result = await protocolRun([
        `seed=${seed}`,
        'channel.lossProbability=0.6',
        'channel.maxTransmissions=1',
      ]);
      assert.equal(result.ended.reason, 'finished');
      for (const id of ['client-1', 'client-2', 'client-3']) {
        const taken = steps(result, id);
        if (taken.includes('2.3') && !taken.includes('1.3')) {
          assert.deepEqual(taken.slice(0, 3), ['1.2', '2.2', '2.3']);
          return;
        }
      }
    }
    assert.fail('no seed made a client miss the whole first stage');
  });

  it('lets a client freeze its reward models anew that is told to drop its work as it freezes them', async () => {
    // One client of three is forty times as slow as the others.
    for (let seed = 1; seed <= 40; seed++) {
      const result = await protocolRun([
        ...[`seed=${seed}`, 'method=local-only', 'server.quorum=1'],
        ...['server.discipline=semi-asynchronous', 'server.maxStaleness=1'],
        'clients.devices=[{"gigaflopsPerSecond":5,"share":1},{"gigaflopsPerSecond":200,"share":3}]',
        ...['instruction.maxRounds=1', 'reward.maxRounds=1', 'reward.deadlineSeconds=2'],
        ...['alignment.maxRounds=4', 'alignment.convergence.patience=9'],
      ]);
      assert.equal(result.ended.reason, 'finished');
      const taken = ['client-1', 'client-2', 'client-3'].map((id) => steps(result, id).join(' '));
      if (taken.some((each) => each.includes('3.1 3.1'))) return;
    }
    assert.fail('no seed made a client freeze its reward models twice');
  });

  it('closes a round at its deadline when a client is silent', async () => {
    const result = await protocolRun(['clients.availability=0.5', 'instruction.deadlineSeconds=60']);
    assert.equal(result.ended.reason, 'finished');
    const late = rounds(result).filter(({ stage, updates }) => stage === 'instruction' && updates < 3);
    assert.ok(late.length > 0);
    for (const { seconds } of late) assert.ok(Math.abs(seconds - 60) < 1e-6, `${seconds} s`);
  });

  it('discards an update that comes after its round, or averages it where the scenario says so', async () => {
    const slow = [
      'clients.devices=[{"gigaflopsPerSecond":0.02,"share":1},{"gigaflopsPerSecond":20,"share":1}]',
      'instruction.deadlineSeconds=25',
      'instruction.maxRounds=6',
      'instruction.convergence.patience=9',
    ];
    const discarded = rounds(await protocolRun([...slow, 'server.late=discard']));
    const accepted = rounds(await protocolRun([...slow, 'server.late=accept']));
    const count = (rows: RoundRow[], figure: 'late' | 'updates') =>
      rows.reduce((sum, row) => sum + row[figure], 0);
    assert.ok(count(discarded, 'late') > 0, 'no update was late');
    assert.ok(count(accepted, 'updates') > count(discarded, 'updates'));
  });

  it('takes only a part of the clients where the scenario selects at random', async () => {
    const result = await protocolRun(['server.selection=random', 'server.selectionFraction=0.5']);
    assert.equal(result.ended.reason, 'finished');
    for (const { cohort, updates } of rounds(result)) assert.deepEqual([cohort, updates], [2, 2]);
  });

  it('asks nobody outside the cohort, in the first round of each stage as in the others', async () => {
    for (const maxRounds of [1, 3]) {
      const result = await protocolRun([
        'clients.count=6',
        'clients.weightHarmless=uniform',
        'data.synthetic.facts=0',
        'server.selection=random',
        'server.selectionFraction=0.33',
        ...['instruction', 'reward', 'alignment'].map((stage) => `${stage}.maxRounds=${maxRounds}`),
        'channel.fading=none',
      ]);
      assert.equal(result.ended.reason, 'finished');
      const sizes = rounds(result).map(({ stage, cohort, updates }) => [stage, cohort, updates]);
      const expected = ['instruction', 'reward', 'alignment'].flatMap((stage) =>
        Array.from({ length: maxRounds }, () => [stage, 2, 2]),
      );
      assert.deepEqual(sizes, expected);
      const { metrics } = result.run.written;
      for (const step of ['1.3', '2.3', '3.3']) {
        const worked = metrics.filter((row) => row.type === 'step' && row.step === step);
        assert.equal(worked.length, 2 * maxRounds, `Step ${step}`);
      }
    }
  });

  it('waits for a client that a newer download reaches, although an older one was lost', async () => {
    // Client 1 is slow, so that the others have answered long before it.
    const devices = '[{"gigaflopsPerSecond":0.5,"share":1},{"gigaflopsPerSecond":20,"share":2}]';
    for (const client of [1, 2, 3]) {
      const lost = `channel.faults=[{"effect":"drop","kind":"global","client":${client},"round":1}]`;
      const result = await protocolRun([lost, 'instruction.maxRounds=1', `clients.devices=${devices}`]);
      const reward = rounds(result).filter(({ stage }) => stage === 'reward');
      assert.deepEqual(
        reward.map(({ cohort, updates, late }) => [cohort, updates, late]),
        reward.map(() => [3, 3, 0]),
        `client ${client}`,
      );
    }
  });

  it('takes the time of the server’s own speed to aggregate, and makes the same model of it', async () => {
    const [atOnce, slow] = await Promise.all([
      protocolRun(['instruction.maxRounds=2']),
      protocolRun(['instruction.maxRounds=2', 'server.gigaflopsPerSecond=0.0001']),
    ]);
    const [first, second] = [atOnce, slow].map((result) => rounds(result)[0]!);
    const adapters = atOnce.global.adapters!;
    // Three updates, two operations for each of their parameters.
    assert.ok(Math.abs(second!.seconds - first!.seconds - (3 * 2 * adapters.parameters) / 1e5) < 1e-5);
    assert.equal(slow.global.adapters!.hash, adapters.hash);
    assert.deepEqual(second!.updates, first!.updates);
  });

  it('reports who waits for what where nothing is due any more', async () => {
    const { ended } = await protocolRun(['clients.availability=0.001', 'instruction.deadlineSeconds=null']);
    assert.equal(ended.reason, 'deadlock');
    assert.deepEqual(ended.waiting[0], {
      actor: 'server',
      state: 'instructionTuning.collecting',
      for: 'updates of client-1, client-2, client-3 for round 1 of instruction',
    });
    assert.equal(ended.waiting.length, 4);
    assert.equal(ended.waiting[1]!.state, 'waiting');
  });

  it('ends at its limit of virtual time', async () => {
    const result = await protocolRun(['limits.virtualSeconds=9']);
    assert.equal(result.ended.reason, 'out-of-virtual-time');
    assert.equal(result.run.world.clock.nowSeconds, 9);
  });

  it('ends when it is interrupted, in the middle of a round', async () => {
    const controller = new AbortController();
    const result = await protocolRun([], {
      signal: controller.signal,
      observers: [
        {
          actors: true,
          next: (event) => {
            if (event.type !== 'actor' || event.actor !== 'client-1') return;
            if (event.state === 'rewardLearning.training') controller.abort();
          },
        },
      ],
    });
    assert.equal(result.ended.reason, 'interrupted');
  });

  it('ends with the cause when a task crashes', async () => {
    const executor = untrainedExecutor(({ kind }) => {
      if (kind === 'align') throw new Error('out of memory');
    });
    const { ended } = await protocolRun([], { executor });
    assert.equal(ended.reason, 'failed');
    assert.match(
      ended.cause,
      /^client-\d: task align failed in alignment round 1: out of memory \(tried 3 times: error; key /,
    );
  });

  it('ends with the cause when a measurement crashes', async () => {
    const executor = untrainedExecutor(({ kind }) => {
      if (kind === 'evaluate') throw new Error('out of memory');
    });
    const { ended } = await protocolRun([], { executor });
    assert.equal(ended.reason, 'failed');
  });

  it('leaves other clients the same channel when a client is added', async () => {
    const delays = async (count: number) => {
      const result = await protocolRun([
        `clients.count=${count}`,
        'clients.weightHarmless=uniform',
        'data.synthetic.factHolders=1',
        'data.synthetic.facts=0',
      ]);
      return result.run.written.messages
        .filter(({ from, to, kind }) => kind === 'model' && [from, to].includes('client-2'))
        .map(({ onAirSeconds }) => onAirSeconds);
    };
    const three = await delays(3);
    assert.equal(three.length, 1);
    assert.deepEqual(await delays(5), three);
  });

  it('halves the bits of parameters in half precision', async () => {
    const bits = async (compression: string) => {
      const { run } = await protocolRun([`channel.compression=${compression}`, 'channel.headerBits=0']);
      return run.written.messages.reduce((sum, row) => sum + row.bits, 0);
    };
    assert.equal(await bits('float16'), (await bits('none')) / 2);
  });

  it('does not send the base model where clients own it already', async () => {
    const kinds = async (preinstalled: boolean) => {
      const { run } = await protocolRun([`model.preinstalled=${preinstalled}`]);
      return new Set(run.written.messages.flatMap(({ params }) => params.map(({ kind }) => kind)));
    };
    assert.ok((await kinds(false)).has('base'));
    assert.ok(!(await kinds(true)).has('base'));
  });

  for (const name of Object.keys(methods) as MethodName[]) {
    it(`uploads nothing but the kinds of what ${name} shares`, async () => {
      const result = await protocolRun([`method=${name}`, ...placeOf(name)]);
      assert.equal(result.ended.reason, 'finished');
      const uploads = result.run.written.messages.filter(({ to }) => to === 'server');
      const kinds = (stage: string) =>
        new Set(
          uploads
            .filter((row) => row.stage === stage)
            .flatMap(({ params }) => params.map(({ kind }) => kind)),
        );
      const parts = sharedParts(methods[name]);
      const shared = new Set(
        partsOf(methods[name]).flatMap((part) => (parts.includes(part.name) ? [part.slot.kind] : [])),
      );
      assert.deepEqual(kinds('instruction'), shared);
      assert.deepEqual(kinds('reward'), new Set(['reward']));
      assert.deepEqual(kinds('alignment'), shared);
    });
  }
});
