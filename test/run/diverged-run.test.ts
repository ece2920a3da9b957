import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '../../src/cli/program.js';
import { services } from '../../src/cli/services.js';
import { paramSet, tensorsOf, type ParamSet } from '../../src/learning/params/param-set.js';
import type { Executor } from '../../src/learning/training/executor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import type { ClientRow, MetricRow } from '../../src/records/rows.js';
import { protocolRun, untrainedExecutor } from './untrained.js';

type Path = readonly [string, ...string[]];

/** A copy of nested records that has another value at a path. */
function replaced(record: object, [key, ...rest]: Path, change: (value: unknown) => unknown): object {
  const before = (record as Record<string, unknown>)[key];
  const [next, ...others] = rest;
  return {
    ...record,
    [key]: next === undefined ? change(before) : replaced(before as object, [next, ...others], change),
  };
}

/** Tasks without training; those of one kind give something else at a path of their result. */
function executorWith(kind: TaskKind, path: Path, change: (value: unknown) => unknown): Executor {
  const untrained = untrainedExecutor();
  return {
    ...untrained,
    run: async <K extends TaskKind>(request: TaskRequest<K>) => {
      const result = await untrained.run(request);
      return request.kind === kind ? (replaced(result, path, change) as TaskResult<K>) : result;
    },
  };
}

/** The set with `value` at an index of its second tensor. */
function spoiled(set: ParamSet, index: number, value: number): ParamSet {
  const [first, second, ...others] = tensorsOf(set);
  const values = second!.values.slice();
  values[index] = value;
  return paramSet(set.kind, [first!, { ...second!, values }, ...others]);
}

const isMeasured = (row: MetricRow): row is ClientRow => row.type === 'client';

/** Each task's kind, where its result has a figure, the figure's name in the records, and when it first comes. */
const figures: readonly (readonly [TaskKind, Path, string, string])[] = [
  ['evaluate', ['accuracy'], 'accuracy', 'instruction round 0'],
  ['instruct', ['validationLoss'], 'validationLoss', 'instruction round 1'],
  ['rewardTest', ['helpful', 'calibrationError'], 'helpfulCalibrationError', 'reward round 0'],
  ['reward', ['harmless', 'validationLoss'], 'harmlessValidationLoss', 'reward round 1'],
  ['freeze', ['harmless', 'std'], 'harmlessStd', 'alignment round 0'],
  ['align', ['objective/kl'], 'objective/kl', 'alignment round 1'],
  ['score', ['klK3'], 'klK3', 'alignment round 0'],
];

describe('a result with a number that is not finite', () => {
  for (const [kind, path, name, when] of figures) {
    it(`ends the run where ${name} of ${kind} is it, and comes into no row`, async () => {
      for (const value of [NaN, Infinity, -Infinity]) {
        const executor = executorWith(kind, ['metrics', ...path], () => value);
        const { ended, run } = await protocolRun([], { executor });
        assert.equal(ended.reason, 'failed');
        const said = `: task ${kind} failed in ${when}: ${name} is ${value}, expected finite numbers; likely `;
        assert.match(ended.cause, /^client-\d: /);
        assert.equal(ended.cause.slice('client-1'.length, 'client-1'.length + said.length), said);
        const rows = run.written.metrics.filter(isMeasured);
        for (const figure of rows.flatMap(({ metrics }) => Object.values(metrics))) {
          assert.ok(figure === null || Number.isFinite(figure));
        }
      }
    });

    // The scale that freeze finds is a number even of nothing: 0 and 1.
    if (kind === 'freeze') continue;
    it(`is none where ${name} of ${kind} is null, and the records say so`, async () => {
      const executor = executorWith(kind, ['metrics', ...path], () => null);
      const { ended, run } = await protocolRun([], { executor });
      assert.equal(ended.reason, 'finished');
      const rows = run.written.metrics.filter(isMeasured).filter(({ task }) => task === kind);
      assert.ok(rows.length > 0);
      for (const { metrics } of rows) assert.equal(metrics[name], null);
    });
  }

  const parameters: readonly (readonly [TaskKind, Path, RegExp])[] = [
    [
      'instruct',
      ['tuned', 'lora'],
      /^client-\d: task instruct failed in instruction round 1: lora tensor h\.\S+/,
    ],
    [
      'reward',
      ['rewardModels', 'harmless'],
      /^client-\d: task reward failed in reward round 1: reward tensor/,
    ],
    ['freeze', ['critics', 'helpful'], /^client-\d: task freeze failed in alignment round 0: critic tensor/],
    [
      'align',
      ['tuned', 'adapters'],
      /^client-\d: task align failed in alignment round 1: adapters tensor h\.\S+/,
    ],
    [
      'aggregate',
      ['global'],
      /^server: task aggregate failed in instruction round 1: adapters tensor h\.\S+/,
    ],
  ];
  for (const [kind, path, said] of parameters) {
    it(`ends the run where a parameter that ${kind} gives back is it, with tensor and index`, async () => {
      const executor = executorWith(kind, ['output', ...path], (set) =>
        spoiled(set as ParamSet, 1, -Infinity),
      );
      const { ended } = await protocolRun([], { executor });
      assert.equal(ended.reason, 'failed');
      assert.match(ended.cause, said);
      assert.match(ended.cause, / is -Infinity at index 1, expected finite numbers; likely /);
    });
  }

  const causes: readonly (readonly [TaskKind, Path, string])[] = [
    ['evaluate', ['loss'], 'the weights of the model are too large'],
    ['instruct', ['loss'], 'instruction.learningRate 0.5 is too large'],
    ['rewardTest', ['helpful', 'loss'], 'instruction.learningRate 0.5 is too large'],
    ['reward', ['helpful', 'loss'], 'reward.learningRate 0.25 is too large'],
    ['freeze', ['helpful', 'mean'], 'reward.learningRate 0.25 is too large'],
    [
      'align',
      ['objective/rlhf_reward'],
      'alignment.learningRate 0.125 or alignment.criticLearningRate 0.75 is too large',
    ],
  ];
  it('is told with the setting that is most often behind it', async () => {
    const rates = [
      'instruction.learningRate=0.5',
      'reward.learningRate=0.25',
      'alignment.learningRate=0.125',
    ];
    for (const [kind, path, cause] of causes) {
      const executor = executorWith(kind, ['metrics', ...path], () => NaN);
      const { ended } = await protocolRun([...rates, 'alignment.criticLearningRate=0.75'], { executor });
      assert.ok(
        ended.reason === 'failed' && ended.cause.endsWith(`; likely ${cause}`),
        JSON.stringify(ended),
      );
    }
    const executor = executorWith('aggregate', ['output', 'global'], (set) =>
      spoiled(set as ParamSet, 0, NaN),
    );
    const { ended } = await protocolRun(['server.aggregation=uniform'], { executor });
    assert.ok(ended.reason === 'failed');
    assert.match(ended.cause, /; likely server\.aggregation uniform makes it of finite updates$/);
  });

  it('ends the run where float16 makes it of a parameter beyond its 65504', async () => {
    const executor = executorWith('instruct', ['output', 'tuned', 'adapters'], (set) =>
      spoiled(set as ParamSet, 2, 65520),
    );
    const { ended } = await protocolRun(['channel.compression=float16'], { executor });
    assert.ok(ended.reason === 'failed');
    assert.match(
      ended.cause,
      /^client-\d: in instruction round 1 channel\.compression float16 makes parameters that are not finite, adapters tensor h\.\S+ is Infinity at index 2; likely instruction\.learningRate/,
    );
    const plain = await protocolRun(['channel.compression=none'], { executor });
    assert.equal(plain.ended.reason, 'finished');
  });
});

describe('a run that diverges', function () {
  this.timeout(120e3);
  const root = mkdtempSync(join(tmpdir(), 'pwff-diverged-'));
  after(() => rmSync(root, { recursive: true, force: true }));

  async function run(...set: readonly string[]) {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const folder = join(root, String(readdirSync(root).length));
    const settings = set.flatMap((setting) => ['--set', setting]);
    const args = ['run', 'tiny', '--backend', 'wasm', '--workers', '1', '--out', folder, ...settings];
    const code = await main(args, services, { out, err });
    return { code, folder, err: ((err.read() as Buffer | null) ?? '').toString() };
  }

  it('fails in the round of the step that was too large, names it, and keeps its records', async () => {
    const { code, folder, err } = await run(
      'instruction.learningRate=1e30',
      'instruction.localSteps=1',
      'instruction.maxRounds=1',
    );
    assert.equal(code, 1);
    assert.match(
      err,
      /the run failed: client-\d: task instruct failed in instruction round 1: validationLoss is NaN, expected finite numbers; likely instruction\.learningRate 1e\+30 is too large\nKept in .*metrics\.jsonl.*report\.html/,
    );
    const rows = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
    const figures = rows.map((line) => JSON.parse(line) as MetricRow).filter(isMeasured);
    assert.ok(figures.length > 0);
    for (const { round, metrics } of figures) {
      assert.equal(round, 0);
      assert.notEqual(metrics['accuracy'], 1);
    }
  });

  it('fails in each later stage, at the latest where a response cannot be sampled', async () => {
    for (const [setting, said] of [
      [
        'reward.learningRate=1e30',
        /task reward failed in reward round 1: .* likely reward\.learningRate 1e\+30/,
      ],
      [
        'alignment.learningRate=1e30',
        /failed in alignment round [12]: the score of token \d+ is NaN, expected a finite number; likely a learning rate is too large/,
      ],
    ] as const) {
      const { code, err } = await run(setting);
      assert.equal(code, 1);
      assert.match(err, said);
    }
  });
});
