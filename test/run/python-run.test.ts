import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScenario } from '../../src/index.js';
import { poolExecutor, pythonExecutor, type Executor } from '../../src/learning/training/executor.js';
import { namedFigures } from '../../src/learning/training/figure.js';
import type { TaskKind, TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import { setsIn } from '../../src/learning/params/sets-in.js';
import { packageRoot } from '../../src/paths.js';
import { replay } from '../../src/run/replay.js';
import type { RunResult } from '../../src/run/run.js';
import { loadScenario } from '../../src/scenario/load.js';
import { tinyDistilBertFolder } from '../learning/training/tiny-distilbert.js';
import { writeLlama } from '../learning/model/python/random-llama.js';
import { needsPython } from '../python.js';

interface Done {
  readonly request: TaskRequest;
  readonly result: TaskResult;
}

/** Three parts of one run: with phases, blends of slots and measurements that "pwff" does without. */
const apfl = [
  ...['method=apfl', 'alignment.algorithm=modpo'],
  ...['measure.forgetting={}', 'clients.count=2', 'clients.weightHarmless=[0.3,0.7]'],
];

const distilBert = tinyDistilBertFolder();

const ofRewards = (kind: string, path: string | null, train: string) => [
  `reward.model=${JSON.stringify({ kind, path, train })}`,
  ...['alignment.algorithm=rewarded-soups', 'clients.count=2', 'clients.weightHarmless=[0.3,0.7]'],
  ...['instruction.maxRounds=1', 'reward.maxRounds=1', 'alignment.maxRounds=1'],
];

describe('runs in Python', function () {
  this.timeout(300e3);
  const root = mkdtempSync(join(tmpdir(), 'pwff-python-'));
  let python = '';
  let executor: Executor;
  let pool: Executor;

  const run = async (name: string, executor: Executor | undefined, ...set: string[]): Promise<RunResult> => {
    const path = join(packageRoot(), 'scenarios/tiny.json');
    const { scenario, folder } = await loadScenario(path, { set });
    return runScenario({
      ...{ scenario, folder, outFolder: join(root, name), workers: 2, backend: 'wasm' },
      ...(executor && { executor }),
    });
  };

  before(function () {
    python = needsPython(this);
    executor = pythonExecutor(2, python);
    pool = poolExecutor(2, 'wasm');
  });
  after(async () => {
    await executor?.close();
    await pool?.close();
    for (const each of [root, distilBert]) rmSync(each, { recursive: true, force: true });
  });

  /** Every task of a run, with its result on the WebAssembly backend. */
  const tasksOf = async (name: string, ...set: string[]): Promise<readonly Done[]> => {
    const done: Done[] = [];
    const recording: Executor = {
      ...pool,
      async run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
        const result = await pool.run(request);
        done.push({ request, result });
        return result;
      },
    };
    const { ended } = await run(name, recording, ...set);
    assert.equal(ended.reason, 'finished');
    return done;
  };

  for (const [name, set, kinds] of [
    ['pwff', [], ['evaluate', 'instruct', 'rewardTest', 'reward', 'freeze', 'score', 'align']],
    ['apfl', apfl, ['evaluate', 'instruct', 'perplexity', 'align']],
    ['pwff with a DistilBERT', ofRewards('distilbert', distilBert, 'head'), ['reward', 'freeze', 'align']],
    ['pwff with a GPT-2 as reward model', ofRewards('gpt2', null, 'head'), ['reward', 'freeze', 'align']],
  ] as const) {
    it(`has the figures of each task of ${name} within 1e-5, and what it leaves within 1e-3`, async () => {
      const done = await tasksOf(name, ...set);
      for (const kind of kinds)
        assert.ok(
          done.some(({ request }) => request.kind === kind),
          kind,
        );
      const results = await Promise.all(done.map(({ request }) => executor.run(request)));
      for (const kind of new Set(done.map(({ request }) => request.kind))) {
        const pairs = done.flatMap(({ request, result }, i) =>
          request.kind === kind ? [[result, results[i]!] as const] : [],
        );
        const figures = greatest(pairs.flatMap(([expected, got]) => figuresOff(expected, got)));
        const left = greatest(pairs.flatMap(([expected, got]) => setsOff(expected, got)));
        const tasks = `${pairs.length} × ${kind}`;
        console.log(
          `      ${tasks}: figures within ${figures.toExponential(1)}, sets within ${left.toExponential(1)}`,
        );
        assert.ok(figures < 1e-5, kind);
        // Adam takes steps of one size whatever the size of a gradient, so that one near 0 tells in the first digits.
        assert.ok(left < 1e-3, kind);
        for (const [expected, got] of pairs) assert.deepEqual(got.responses, expected.responses);
      }
    });
  }

  it('are replayed in Python to the same rows, on one worker what two have computed', async () => {
    await run('two', executor);
    const { difference, equalFingerprint, equalRows } = await replay(join(root, 'two'), { workers: 1 });
    assert.deepEqual([difference, equalFingerprint], [null, true]);
    assert.ok(equalRows > 100);
  });

  it('take a random model of SmolLM2’s shape through all three stages', async () => {
    await writeLlama(join(root, 'smol'));
    const model = [`model.path=${join(root, 'smol')}`, 'model.lora.targets=["q","v","o_proj","down_proj"]'];
    const { ended, stages } = await run('llama', executor, ...model, 'instruction.maxRounds=4');
    assert.equal(ended.reason, 'finished');
    const { instruction, reward, alignment } = stages;
    assert.ok(instruction && reward && alignment);
    assert.ok(instruction.heldOutLoss! < instruction.heldOutLossBefore!);
    assert.ok(reward.heldOutLoss! < reward.heldOutLossBefore!);
    assert.equal(alignment.clients.length, 3);
    assert.ok(existsSync(join(root, 'llama/params/global.safetensors')));
  });

  it('are refused before anything is written where Python has not got what they ask for', async () => {
    const refused = async (message: RegExp, executor: Executor | undefined, ...set: string[]) => {
      await assert.rejects(run('refused', executor, ...set), { name: 'UserError', message });
      assert.ok(!existsSync(join(root, 'refused')));
    };
    await refused(/\/instruction\/loraDropout: is 0.1, expected 0/, executor, 'instruction.loraDropout=0.1');
    await refused(/\/method: is "flora", expected one that leaves the base model/, executor, 'method=flora');
    const path = `model.path=${join(root, 'smol')}`;
    await refused(/\/model\/path: is .*, a llama, expected a GPT-2, or --executor python/, undefined, path);
    await refused(
      /\/model\/lora\/targets: has "mlp.c_fc", expected .* of a llama/,
      executor,
      path,
      'model.lora.targets=["q","mlp.c_fc"]',
    );
    await refused(
      /\/model\/lora\/targets: has "o_proj", expected .* of a gpt2/,
      executor,
      'model.lora.targets=["q","k","o_proj"]',
    );
    const gpt2 = 'reward.model={"kind":"gpt2","path":null,"train":"head"}';
    await refused(/is a llama, expected a GPT-2 where reward models/, executor, path, gpt2);
  });
});

/** How far each figure is off, relative where it is above 1; null has to stay null. */
function figuresOff(expected: TaskResult, got: TaskResult): readonly number[] {
  const figures = new Map(namedFigures(got.metrics));
  return namedFigures(expected.metrics).map(([name, value]) => {
    const other = figures.get(name);
    if (value === null || typeof other !== 'number') return other === value ? 0 : NaN;
    return Math.abs(other - value) / Math.max(1, Math.abs(value));
  });
}

/** How far the numbers of each set are off that a task leaves. */
function setsOff(expected: TaskResult, got: TaskResult): readonly number[] {
  const others = setsIn(got.output);
  return setsIn(expected.output).map(({ kind, tensors, values }, i) => {
    assert.deepEqual([others[i]!.kind, others[i]!.tensors], [kind, tensors]);
    return greatest([...values].map((value, n) => Math.abs(value - others[i]!.values[n]!)));
  });
}

/** NaN where one is. */
const greatest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value), 0);
