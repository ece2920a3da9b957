import assert from 'node:assert/strict';
import { rowsOf, tableOf } from '../../src/learning/data/tokenize.js';
import type { TaskRequest } from '../../src/learning/training/task.js';
import { stageSummaries } from '../../src/records/summarize.js';
import { protocolRun, untrainedExecutor, type ProtocolRun } from './untrained.js';

const long = ['instruction.maxRounds=7', 'reward.maxRounds=3', 'alignment.maxRounds=5'];
const patient = ['instruction', 'reward', 'alignment'].map((stage) => `${stage}.convergence.patience=9`);

const threeAlignments = ['alignment.maxRounds=3', 'alignment.convergence.patience=9'];

/** Where each row of a table begins among its tokens: rows of one table are told apart by it. */
const startsOf = (rows: Int32Array) => Array.from({ length: rows.length / 5 }, (_, row) => rows[5 * row]!);

const tasks = { instruction: 'evaluate', reward: 'rewardTest', alignment: 'score' } as const;

const measured = ({ run }: ProtocolRun, stage: keyof typeof tasks) =>
  run.written.metrics.flatMap((row) => (row.type === 'client' && row.task === tasks[stage] ? [row] : []));

const roundsOf = (result: ProtocolRun, stage: keyof typeof tasks) => [
  ...new Set(measured(result, stage).map(({ round }) => round)),
];

const withoutFigures = ({ run }: ProtocolRun) =>
  run.written.metrics.filter((row) => row.type === 'round' || row.type === 'step');

describe('what is measured of a run', () => {
  it('is every client after every round, by default', async () => {
    const result = await protocolRun([...long, ...patient]);
    assert.deepEqual(roundsOf(result, 'instruction'), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.equal(measured(result, 'instruction').length, 8 * 3);
  });

  it('is every third round where that is asked for, and the start and the last of each stage', async () => {
    const result = await protocolRun([...long, ...patient, 'measure.every=3']);
    assert.deepEqual(roundsOf(result, 'instruction'), [0, 3, 6, 7]);
    assert.deepEqual(roundsOf(result, 'reward'), [0, 3]);
    assert.deepEqual(roundsOf(result, 'alignment'), [0, 3, 5]);
  });

  it('is the last round of a stage that converges before its limit', async () => {
    const result = await protocolRun([
      'instruction.maxRounds=9',
      'instruction.convergence.patience=3',
      'measure.every=5',
    ]);
    assert.deepEqual(roundsOf(result, 'instruction'), [0, 4]);
  });

  it('is some clients, the same over the run, whose means the summary has', async () => {
    const result = await protocolRun([...long, ...patient, 'measure.clients=2']);
    const ids = new Set(
      (['instruction', 'reward', 'alignment'] as const)
        .flatMap((stage) => measured(result, stage))
        .map(({ actor }) => actor),
    );
    assert.equal(ids.size, 2);
    const { world, written } = result.run;
    const { alignment, instruction } = stageSummaries({
      metrics: written.metrics,
      messages: written.messages,
      clients: [...world.clients.values()],
      scenario: world.scenario,
      judges: [],
    });
    assert.deepEqual(new Set(alignment!.clients.map(({ id }) => id)), ids);
    assert.equal(instruction!.accuracy, 0.5);
    const more = await protocolRun(['measure.clients=99']);
    assert.equal(new Set(measured(more, 'reward').map(({ actor }) => actor)).size, 3);
  });

  it('is some held-out prompts, the same in every round', async () => {
    const asked: string[] = [];
    const executor = untrainedExecutor((request) => {
      if (request.kind !== 'score') return;
      const { prompts } = (request as TaskRequest<'score'>).data;
      assert.equal(prompts.count, 2);
      asked.push(prompts.hash);
    });
    await protocolRun(['measure.prompts=2'], { executor });
    assert.equal(asked.length, 9);
    assert.equal(new Set(asked).size, 3);
  });

  it('is more prompts at both ends of alignment where that is asked for, those between among them', async () => {
    const asked = new Map<string, (readonly number[])[]>();
    const executor = untrainedExecutor((request) => {
      if (request.kind !== 'score') return;
      const { rows } = (request as TaskRequest<'score'>).data.prompts;
      asked.set(request.seed, [...(asked.get(request.seed) ?? []), startsOf(rows)]);
    });
    await protocolRun(['measure.prompts=1', 'measure.promptsAtEnds=3', ...threeAlignments], { executor });
    assert.equal(asked.size, 3);
    for (const rounds of asked.values()) {
      assert.deepEqual(
        rounds.map(({ length }) => length),
        [3, 1, 1, 3],
      );
      assert.deepEqual(rounds[3], rounds[0]);
      assert.ok(rounds[0]!.includes(rounds[1]![0]!));
      assert.deepEqual(rounds[2], rounds[1]);
    }
  });

  it('is of facts apart from other own rows, each row in one of the two', async () => {
    const asked = new Map<string, readonly number[]>();
    const executor = untrainedExecutor((request) => {
      if (request.kind !== 'evaluate') return;
      const { hyper, data } = request as TaskRequest<'evaluate'>;
      asked.set(data.test.hash, hyper.facts);
    });
    const result = await protocolRun(['data.testPerClient=20'], { executor });
    for (const { tables, data } of result.run.world.clients.values()) {
      const facts = asked.get(tables.test.hash)!;
      // factShare is 0.3.
      assert.equal(facts.length, 6);
      assert.deepEqual(
        data.test.map(({ topic }) => topic === 'fact'),
        data.test.map((_, row) => facts.includes(row)),
      );
    }
    const { factAccuracy, unseenAccuracy } = measured(result, 'instruction')[0]!.metrics;
    assert.deepEqual([factAccuracy, unseenAccuracy], [0.25, 0.75]);
    const { metrics, messages } = result.run.written;
    const { clients, scenario } = result.run.world;
    const { instruction } = stageSummaries({
      metrics,
      messages,
      clients: [...clients.values()],
      judges: [],
      scenario,
    });
    assert.deepEqual([instruction!.factAccuracy, instruction!.unseenAccuracyBefore], [0.25, 0.75]);
  });

  it('is held against a target accuracy, which no task hears of', async () => {
    const hypers: object[] = [];
    const executor = untrainedExecutor(({ kind, hyper }) => {
      if (kind === 'instruct') hypers.push(hyper);
    });
    const aimed = await protocolRun(['instruction.targetAccuracy=0.5'], { executor });
    assert.ok(hypers.length > 0 && hypers.every((hyper) => !('targetAccuracy' in hyper)));
    const { world, written } = aimed.run;
    const { instruction } = stageSummaries({
      metrics: written.metrics,
      messages: written.messages,
      clients: [...world.clients.values()],
      scenario: world.scenario,
      judges: [],
    });
    const start = measured(aimed, 'instruction').filter(({ round }) => round === 0);
    const { accuracy, reached } = instruction!.toTarget!;
    assert.deepEqual([accuracy, reached!.round], [0.5, 0]);
    assert.equal(reached!.virtualSeconds, Math.max(...start.map(({ virtualSeconds }) => virtualSeconds)));
    assert.ok(reached!.energyJoules > 0);
  });

  it('changes nothing of the protocol', async () => {
    const all = await protocolRun();
    const few = await protocolRun(['measure.every=2', 'measure.clients=1', 'measure.prompts=1']);
    assert.deepEqual(withoutFigures(few), withoutFigures(all));
    assert.deepEqual(few.run.written.messages, all.run.written.messages);
  });

  it('leaves every parameter, time and joule as it is, whatever the dial says', async () => {
    const dials = [
      [],
      ['measure.every=2'],
      ['measure.clients=1', 'measure.prompts=1'],
      ['measure.prompts=1', 'measure.promptsAtEnds=2'],
      ['measure.every=9', 'measure.promptsAtEnds=99'],
    ];
    const [all, ...others] = await Promise.all(
      dials.map(async (dial) => {
        // Training moves each parameter by draws of its own; what is measured has no part in it.
        const result = await protocolRun(['learning=stub', ...threeAlignments, ...dial]);
        const { global, clients, run } = result;
        return {
          models: [global, ...clients.map(({ model, frozen }) => ({ model, frozen }))],
          rows: withoutFigures(result),
          compute: run.written.metrics.filter(({ type }) => type === 'compute'),
          messages: run.written.messages,
        };
      }),
    );
    const hashes = JSON.stringify(all!.models).match(/"hash":"[0-9a-f]{64}"/g)!;
    assert.ok(new Set(hashes).size >= 3 * 4, `${new Set(hashes).size} sets`);
    for (const other of others) assert.deepEqual(other, all);
  });
});

describe('rows of a table', () => {
  it('are those that were asked for, as if they alone had been laid out over the same tokens', () => {
    const row = (...tokens: number[]) => ({
      tokens,
      response: 1,
      content: [1, 2] as [number, number],
      truncated: false,
    });
    const table = tableOf([row(1, 2), row(3, 4, 5), row(6, 7)]);
    const { count, tokens, rows } = rowsOf(table, [0, 2]);
    assert.equal(count, 2);
    assert.equal(tokens, table.tokens);
    assert.deepEqual([...rows], [0, 1, 1, 2, 2, 5, 6, 6, 7, 7]);
  });
});
