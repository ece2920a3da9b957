import assert from 'node:assert/strict';
import type { MessageKind } from '../../machines/protocol.js';
import { perObjective, type Objective, type PerObjective } from '../../src/learning/objective.js';
import { paramSet, tensorsOf, type ParamSet } from '../../src/learning/params/param-set.js';
import type { MessageRow, RoundRow } from '../../src/records/rows.js';
import type { Scenario } from '../../src/scenario/schema.js';
import type { Executor } from '../../src/learning/training/executor.js';
import type { RewardParams, TaskKind, TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import { protocolRun, untrainedExecutor, type ProtocolRun } from './untrained.js';

type Fault = Scenario['channel']['faults'][number];

/** What client n adds to every parameter of its reward models in a round. */
const steps: PerObjective<number> = { helpful: 1, harmless: 10 };

/** Trains reward models alone, and in whole numbers: client n adds n steps. */
function countingExecutor(): Executor {
  const untrained = untrainedExecutor();
  return {
    ...untrained,
    async run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
      const result = await untrained.run(request);
      if (request.kind !== 'reward') return result;
      const client = Number(/client-(\d)/.exec(request.seed)![1]);
      const { rewardModels } = request.params as RewardParams;
      const output = {
        rewardModels: perObjective((objective) =>
          shifted(rewardModels[objective], client * steps[objective]),
        ),
      };
      return { ...result, output };
    },
  };
}

function shifted(set: ParamSet, by: number): ParamSet {
  return paramSet(
    set.kind,
    [...tensorsOf(set)].map((tensor) => ({ ...tensor, values: tensor.values.map((value) => value + by) })),
  );
}

const oneRound = ['reward.maxRounds=1'];

async function counted(faults: readonly Fault[], set: readonly string[] = oneRound): Promise<ProtocolRun> {
  const settings = [`channel.faults=${JSON.stringify(faults)}`, ...set];
  const result = await protocolRun(settings, { executor: countingExecutor() });
  assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
  return result;
}

/** How far the global reward models have come from what Step 2.1 made. */
async function moves(result: ProtocolRun): Promise<PerObjective<number>> {
  const start = await protocolRun(oneRound);
  return perObjective((objective) => {
    const [to, from] = [result, start].map(({ run, global }) => run.world.store.get(global[objective]!));
    const differences = [...to!.values].map((value, i) => value - from!.values[i]!);
    for (const difference of differences) assert.ok(Math.abs(difference - differences[0]!) < 1e-5);
    return Math.round(differences[0]! * 1e4) / 1e4;
  });
}

const messages = ({ run }: ProtocolRun, kind: MessageRow['kind']) =>
  run.written.messages.filter((row) => row.kind === kind);

const rounds = ({ run }: ProtocolRun, stage: RoundRow['stage']) =>
  run.written.metrics.filter((row): row is RoundRow => row.type === 'round' && row.stage === stage);

/** Rounds in which a client went through a step, in order. */
const roundsOf = ({ run }: ProtocolRun, actor: string, step: string) =>
  run.written.metrics.flatMap((row) =>
    row.type === 'step' && row.actor === actor && row.step === step ? [row.round] : [],
  );

const drop = (kind: MessageKind, client: number, round: number): Fault => ({
  effect: 'drop',
  kind,
  client,
  round,
});

describe('the two reward models of a round', () => {
  it('travel as messages of their own, each with its own bits, its own fate and its own draws', async () => {
    const result = await counted([]);
    const pairs = [
      ['helpful-model', 'harmless-model'],
      ['helpful-update', 'harmless-update'],
      ['helpful-global', 'harmless-global'],
    ] as const;
    for (const [helpful, harmless] of pairs) {
      const [one, other] = [messages(result, helpful), messages(result, harmless)];
      assert.deepEqual([one.length, other.length], [3, 3]);
      for (const { params, bits } of [...one, ...other]) {
        assert.equal(params.length, 1);
        assert.equal(bits, result.run.world.scenario.channel.headerBits + 32 * params[0]!.parameters);
      }
      one.forEach((row, i) => assert.notEqual(row.onAirSeconds, other[i]!.onAirSeconds));
    }
  });

  it('are each the mean over what arrived of it', async () => {
    assert.deepEqual(await moves(await counted([])), { helpful: 2, harmless: 20 });
    const result = await counted([drop('helpful-update', 3, 1)]);
    assert.deepEqual(await moves(result), { helpful: 1.5, harmless: 20 });
    assert.deepEqual(
      rounds(result, 'reward').map(({ updates, loss }) => [updates, loss]),
      [[3, 2]],
    );
  });

  it('stay each as it is below the quorum of its own', async () => {
    const quorum = [...oneRound, 'server.quorum=3'];
    const one = await counted([drop('helpful-update', 3, 1)], quorum);
    assert.deepEqual(await moves(one), { helpful: 0, harmless: 20 });
    assert.deepEqual(
      rounds(one, 'reward').map(({ updates, loss }) => [updates, loss]),
      [[3, 2]],
    );
    const both = await counted([drop('helpful-update', 3, 1), drop('harmless-update', 1, 1)], quorum);
    assert.deepEqual(await moves(both), { helpful: 0, harmless: 0 });
    assert.deepEqual(
      rounds(both, 'reward').map(({ updates, loss }) => [updates, loss]),
      [[0, null]],
    );
  });

  it('are averaged once although they arrive twice, and with late ones where those are welcome', async () => {
    const twice: Fault = { effect: 'duplicate', stage: 'reward', delaySeconds: 0.01 };
    assert.deepEqual(await moves(await counted([twice])), { helpful: 2, harmless: 20 });
    const late: Fault = {
      effect: 'delay',
      kind: 'harmless-update',
      client: 3,
      round: 1,
      delaySeconds: 89.85,
    };
    const settings = ['reward.maxRounds=2', 'reward.deadlineSeconds=90', 'server.stalenessExponent=0'];
    const discarded = await counted([late], [...settings, 'server.late=discard']);
    assert.deepEqual(
      rounds(discarded, 'reward').map(({ updates, late }) => [updates, late]),
      [
        [3, 0],
        [3, 1],
      ],
    );
    // Round 1: means 2 and 15. Round 2 adds 2 to the one and 20 to the other.
    assert.deepEqual(await moves(discarded), { helpful: 4, harmless: 35 });
    // The fresh one of round 2 comes after it, and counts in its place.
    const accepted = await counted([late], [...settings, 'server.late=accept']);
    assert.deepEqual(await moves(accepted), { helpful: 4, harmless: 35 });
    const [, second] = rounds(accepted, 'reward');
    assert.deepEqual([second!.updates, second!.late], [3, 1]);
    assert.ok(second!.seconds < 45, 'the server does not wait for what it has');
    // Without a fresh one client 1's 10 of round 1 counts, beside 25 + 20 and 25 + 30.
    const alone = [{ ...late, client: 1 }, drop('harmless-update', 1, 2)];
    const stale = await counted(alone, [...settings, 'server.late=accept']);
    assert.deepEqual(await moves(stale), { helpful: 4, harmless: 36.6667 });
  });

  it('are one update where both are late', async () => {
    const pair = ['helpful-update', 'harmless-update'] as const;
    const late = pair.map((kind): Fault => ({
      effect: 'delay',
      kind,
      client: 3,
      round: 1,
      delaySeconds: 89.9,
    }));
    const settings = ['reward.maxRounds=2', 'reward.deadlineSeconds=90'];
    for (const how of ['discard', 'accept']) {
      const result = await counted(late, [...settings, `server.late=${how}`]);
      assert.deepEqual(
        rounds(result, 'reward').map(({ updates, late }) => [updates, late]),
        [
          [2, 0],
          [3, 1],
        ],
      );
    }
  });

  it('start a client’s round only when it holds both', async () => {
    const result = await counted([], ['reward.maxRounds=2']);
    const { metrics } = result.run.written;
    for (const client of ['client-1', 'client-2', 'client-3']) {
      const arrivals = ['helpful', 'harmless'].map((objective) => [
        ...messages(result, `${objective as Objective}-model`),
        ...messages(result, `${objective as Objective}-global`),
      ]);
      const started = metrics.flatMap((row) =>
        row.type === 'step' && row.actor === client && row.step === '2.3' ? [row.virtualSeconds] : [],
      );
      assert.equal(started.length, 2);
      started.forEach((seconds, round) => {
        const both = arrivals.map(
          (rows) => rows.filter(({ to }) => to === client)[round]!.endedVirtualSeconds!,
        );
        assert.equal(seconds, Math.max(...both));
      });
    }
  });

  it('may come in either order', async () => {
    const late: Fault = { effect: 'delay', kind: 'helpful-global', client: 2, delaySeconds: 1 };
    const result = await counted([late], ['reward.maxRounds=3', 'reward.convergence.patience=9']);
    const [helpful, harmless] = [messages(result, 'helpful-global'), messages(result, 'harmless-global')].map(
      (rows) => rows.filter(({ to }) => to === 'client-2')[0]!.endedVirtualSeconds!,
    );
    assert.ok(helpful! > harmless!);
    assert.deepEqual(roundsOf(result, 'client-2', '2.3'), [1, 2, 3]);
    assert.deepEqual(await moves(result), { helpful: 6, harmless: 60 });
  });

  for (const lost of ['helpful-model', 'harmless-model'] as const) {
    it(`leave a client out of the round that missed the ${lost}, and the next brings it again`, async () => {
      const result = await counted([drop(lost, 1, 0)], ['reward.maxRounds=2']);
      assert.deepEqual(roundsOf(result, 'client-1', '2.3'), [2]);
      const [first, second] = rounds(result, 'reward');
      assert.deepEqual([first!.updates, second!.updates], [2, 3]);
      const deadline = result.run.world.scenario.reward.deadlineSeconds!;
      assert.ok(first!.seconds < deadline / 2, 'the server waits for nobody whom it has not reached');
      assert.deepEqual(await moves(result), { helpful: 2.5 + 2, harmless: 25 + 20 });
    });
  }

  it('are sent again where the server knows of no arrival, although they have not changed', async () => {
    const quorum = ['reward.maxRounds=2', 'server.quorum=3'];
    const result = await counted([drop('harmless-model', 1, 0)], quorum);
    const to = (kind: MessageRow['kind'], client: string) =>
      messages(result, kind).find((row) => row.to === client && row.round === 1)!.params.length;
    assert.deepEqual([to('helpful-global', 'client-1'), to('harmless-global', 'client-1')], [0, 1]);
    assert.deepEqual([to('helpful-global', 'client-2'), to('harmless-global', 'client-2')], [0, 0]);
  });

  for (const lost of ['helpful-global', 'harmless-global'] as const) {
    it(`open stage 3 together: who misses the last ${lost} joins in the second round`, async () => {
      const result = await counted([drop(lost, 1, 1)]);
      assert.deepEqual(roundsOf(result, 'client-1', '3.3'), [2]);
      assert.deepEqual(roundsOf(result, 'client-2', '3.3'), [1, 2]);
      assert.deepEqual(
        rounds(result, 'alignment').map(({ updates }) => updates),
        [2, 3],
      );
    });
  }

  it('let every run end on a link that loses half of what it carries', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const result = await counted(
        [],
        [`seed=${seed}`, 'channel.lossProbability=0.5', 'channel.maxTransmissions=1', 'reward.maxRounds=4'],
      );
      for (const { updates, cohort } of rounds(result, 'reward')) assert.ok(updates <= cohort);
    }
  });
});
