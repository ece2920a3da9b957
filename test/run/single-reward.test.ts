import assert from 'node:assert/strict';
import type { Executor } from '../../src/learning/training/executor.js';
import { stubExecutor } from '../../src/learning/training/stub-executor.js';
import type { TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import { stageSummaries } from '../../src/records/summarize.js';
import type { ClientRow, RoundRow } from '../../src/records/rows.js';
import { protocolRun, untrainedExecutor } from './untrained.js';

/** Without losses, and with two rounds of each stage. */
const plain = ['reward.convergence.patience=9', 'channel.fading=none', 'channel.uplink.meanSnrDb=20'];

/** As without training, but reward models move, each client's by draws of its own. */
function movingExecutor(): Executor {
  const [untrained, stub] = [untrainedExecutor(), stubExecutor()];
  return {
    ...untrained,
    run: async (request: TaskRequest) => {
      const result = await untrained.run(request);
      if (request.kind !== 'reward') return result as TaskResult<never>;
      const { output } = await stub.run(request);
      return { ...result, output };
    },
  };
}

async function stageTwo(method: string, ...set: readonly string[]) {
  const result = await protocolRun([`method=${method}`, ...plain, ...set], { executor: movingExecutor() });
  assert.equal(result.ended.reason, 'finished', JSON.stringify(result.ended));
  const { messages, metrics } = result.run.written;
  const rows = messages.filter(({ stage }) => stage === 'reward');
  const compute = metrics.filter((row) => row.type === 'client' && row.stage === 'reward');
  return { result, messages, rows, metrics, compute };
}

const bitsOf = (rows: readonly { readonly bits: number }[]) =>
  rows.reduce((total, { bits }) => total + bits, 0);

describe('a method of a single reward model', () => {
  it('sends that one and no other, from Step 2.1 to the end', async () => {
    const { messages, rows } = await stageTwo('sfl');
    assert.deepEqual([...new Set(rows.map(({ kind }) => kind))].sort(), [
      'helpful-global',
      'helpful-model',
      'helpful-update',
    ]);
    assert.ok(messages.every(({ kind }) => !kind.includes('harmless')));
    assert.ok(messages.some(({ stage }) => stage === 'alignment'));
  });

  it('pays in stage 2 half of the bits of a method of two, and in the others what it shares', async () => {
    const [one, both] = [await stageTwo('sfl'), await stageTwo('pwff')];
    assert.ok(bitsOf(one.rows) > 0);
    assert.equal(bitsOf(one.rows), bitsOf(both.rows) / 2);
    const others = ({ messages }: typeof one) => bitsOf(messages.filter(({ stage }) => stage !== 'reward'));
    assert.equal(others(one), others(both));
  });

  it('reports the loss of that one, and is measured by both objectives all the same', async () => {
    const { metrics } = await stageTwo('sfl');
    const rounds = metrics.filter((row): row is RoundRow => row.type === 'round' && row.stage === 'reward');
    // Each objective's held-out loss is 1 in these runs.
    assert.deepEqual(
      rounds.map(({ loss }) => loss),
      [1, 1],
    );
    const scores = metrics.filter((row): row is ClientRow => row.type === 'client' && row.task === 'score');
    assert.equal(scores.length, 9);
    for (const { metrics: figures } of scores) {
      assert.equal(typeof figures['harmless'], 'number');
      assert.equal(typeof figures['reward'], 'number');
    }
  });

  it('has its judge of the other objective made as a method of two makes its reward model', async () => {
    const [one, both] = [await stageTwo('sfl'), await stageTwo('pwff')];
    const start = one.result.run.world.start.global;
    for (const objective of ['helpful', 'harmless'] as const) {
      assert.equal(one.result.global[objective]!.hash, both.result.global[objective]!.hash);
      assert.notEqual(one.result.global[objective]!.hash, start[objective]?.hash);
    }
    assert.notEqual(one.result.global.harmless!.hash, one.result.global.helpful!.hash);
  });

  it('has its judge averaged from the answers that came, and from no other', async () => {
    const lost = (...kinds: readonly string[]) => {
      const faults = kinds.map((kind) => ({ effect: 'drop', kind, client: 2, stage: 'reward', round: 1 }));
      return `channel.faults=${JSON.stringify(faults)}`;
    };
    const one = await stageTwo('sfl', lost('helpful-update'));
    const both = await stageTwo('pwff', lost('helpful-update', 'harmless-update'));
    assert.ok(one.rows.some(({ outcome }) => outcome === 'dropped'));
    assert.equal(one.result.global.harmless!.hash, both.result.global.harmless!.hash);
    const without = await stageTwo('sfl');
    assert.notEqual(one.result.global.harmless!.hash, without.result.global.harmless!.hash);
  });

  it('takes no longer and no more energy at the server for its judge', async () => {
    const server = ['server.gigaflopsPerSecond=1e-6', 'server.joulesPerGigaflop=1'];
    const joules = async (method: string) => {
      const { metrics } = await stageTwo(method, ...server);
      const rounds = metrics.filter((row): row is RoundRow => row.type === 'round' && row.stage === 'reward');
      return rounds.reduce((total, { energy }) => total + energy.server.computeJoules, 0);
    };
    const [one, both] = [await joules('sfl'), await joules('pwff')];
    assert.ok(one > 0);
    assert.ok(Math.abs(one - both / 2) < 1e-12, `${one} is half of ${both}`);
  });

  it('says in its manifest whose figures are the judge’s, and publishes the loss of its own model', async () => {
    const told = async (method: string) => {
      const { run } = (await stageTwo(method)).result;
      const { judges = [], notes = [] } = run.manifest;
      const { scenario, clients } = run.world;
      const written = { ...run.written, clients: [...clients.values()], judges, scenario };
      const loss = stageSummaries(written).reward!.heldOutLoss;
      return { judges, notes: notes.filter((note) => note.includes('judge')), loss };
    };
    assert.deepEqual(await told('sfl'), {
      judges: ['harmless'],
      notes: [
        "SFL has no reward model of harmlessness: figures named harmless are of measurement's own judge, which no " +
          'message carries and nobody pays for',
      ],
      loss: 1,
    });
    assert.deepEqual(await told('pwff'), { judges: [], notes: [], loss: 2 });
  });
});
