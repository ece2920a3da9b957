import assert from 'node:assert/strict';
import { Piscina } from 'piscina';
import { UserError } from '../../../src/errors.js';
import { paramSet, type ParamSet } from '../../../src/learning/params/param-set.js';
import { executorOn, type Executor } from '../../../src/learning/training/executor.js';
import { stubExecutor } from '../../../src/learning/training/stub-executor.js';
import { supervised } from '../../../src/learning/training/supervised.js';
import type { TaskRequest, TaskResult } from '../../../src/learning/training/task.js';
import { TryFailed, type FailedTry, type FailureCause } from '../../../src/learning/training/task-failure.js';
import type { Fate } from './dying-worker.js';

const setOf = (...values: number[]): ParamSet => paramSet('lora', [{ name: 'A', shape: [2], values }]);
const resultOf = (set: ParamSet, loss: number | null = 1) => ({
  output: { tuned: { lora: set } },
  metrics: { loss, validationLoss: 1 },
});
const right = resultOf(setOf(1, 2));
const none = { hash: '', count: 0, tokens: new Int32Array(), rows: new Int32Array() };

/** A task that suffers these fates, one after the other, before its result. */
function fated(...fates: Fate[]): TaskRequest<'instruct'> {
  const tries = new Int32Array(new SharedArrayBuffer(4));
  return {
    kind: 'instruct',
    key: 'k'.repeat(64),
    hyper: { fates, tries, result: right, localSteps: 1, batchSize: 1 },
    params: { base: setOf(0, 0), tuned: { lora: setOf(0, 0) } },
    data: { train: none, validation: none },
  } as unknown as TaskRequest<'instruct'>;
}

describe('a supervised executor', () => {
  const filename = new URL('./dying-worker.js', import.meta.url).href;
  const resourceLimits = { maxOldGenerationSizeMb: 64 };
  let pool: Executor;
  let failures: FailedTry[];
  beforeEach(() => {
    pool = executorOn(2, (options) => new Piscina({ ...options, filename, resourceLimits }));
    failures = [];
  });
  afterEach(() => pool.close());

  const supervise = (executor: Executor, { retries = 2, leastSeconds = 60 } = {}) =>
    supervised(executor, { retries, leastSeconds, onFailure: (failure) => failures.push(failure) });
  const causes = () => failures.map(({ how }) => how);

  it('asks again for the backend where a worker dies as it starts, and says so where all do', async () => {
    for (const death of [new TryFailed('exit', 'died'), new Error('died as it loaded')]) {
      let asked = 0;
      const dyingAt = (starts: number): Executor => ({
        ...stubExecutor(),
        fingerprint: () => (++asked <= starts ? Promise.reject(death) : stubExecutor().fingerprint()),
      });
      assert.equal((await supervise(dyingAt(2)).fingerprint()).name, 'none');
      asked = 0;
      await assert.rejects(supervise(dyingAt(3)).fingerprint(), /died/);
      assert.equal(asked, 3);
    }
  });

  const misfits: readonly (readonly [string, unknown])[] = [
    ['nothing', null],
    ['no set', { ...right, output: { tuned: {} } }],
    ['a set of another kind', resultOf({ ...setOf(1, 2), kind: 'adapters' })],
    ['a set of other tensors', resultOf(paramSet('lora', [{ name: 'B', shape: [2], values: [1, 2] }]))],
    ['a set with too few values', resultOf({ ...setOf(1, 2), values: new Float32Array(1) })],
    ['a figure that is none', { ...right, metrics: { loss: 'low', validationLoss: 1 } }],
    ['a figure more that is none', { ...right, metrics: { ...right.metrics, more: 'text' } }],
    ['a result without a figure', { ...right, metrics: { loss: 1 } }],
    ['a parameter that is NaN', resultOf(setOf(1, NaN))],
    ['a figure that is infinite', resultOf(setOf(1, 2), Infinity)],
  ];
  const fates: readonly (readonly [string, Fate, FailureCause])[] = [
    ['ends its worker', 'exit', 'exit'],
    ['exhausts its memory', 'memory', 'memory'],
    ['throws', 'throw', 'error'],
    ['throws where nobody catches it', 'uncaught', 'error'],
    ...misfits.map(([what, gives]) => [`gives back ${what}`, { gives }, 'poisoned'] as const),
  ];
  for (const [what, fate, how] of fates) {
    it(`tries a task again that ${what}, and the result is the same`, async () => {
      assert.deepEqual(await supervise(pool).run(fated(fate)), right);
      assert.deepEqual(causes(), [how]);
    });
  }

  it('tries a task again that somebody aborted', async () => {
    const aborted = new DOMException('the queue has dropped it', 'AbortError');
    let tries = 0;
    const run: Executor['run'] = (request) => (tries++ === 0 ? Promise.reject(aborted) : pool.run(request));
    assert.deepEqual(await supervise({ ...pool, run }).run(fated()), right);
    assert.deepEqual(causes(), ['abort']);
  });

  it('ends a worker that hangs and tries the task again, while others go on', async () => {
    const executor = supervise(pool, { leastSeconds: 0.5 });
    const tasks = [fated('hang'), ...Array.from({ length: 10 }, () => fated())];
    const results = await Promise.all(tasks.map((task) => executor.run(task)));
    assert.deepEqual(new Set(results.map((result) => JSON.stringify(result))).size, 1);
    assert.deepEqual(causes(), ['hang']);
    assert.match(failures[0]!.message, /^has not ended within 0\.5/);
  });

  it('does not count the time that a task waits for its turn', async () => {
    const slow = { afterMilliseconds: 300 };
    const executor = supervise(pool, { leastSeconds: 2 });
    await Promise.all(Array.from({ length: 20 }, () => executor.run(fated(slow))));
    assert.deepEqual(causes(), []);
  });

  it('gives each try twice the time of the one before', async () => {
    const slow = { afterMilliseconds: 700 };
    const executor = supervise(pool, { leastSeconds: 0.5 });
    assert.deepEqual(await executor.run(fated(slow, slow)), right);
    assert.deepEqual(causes(), ['hang']);
  });

  it('does not wait for an executor that knows nothing of limits but says when work begins', async () => {
    const deaf: Executor = {
      ...stubExecutor(),
      run: (_, attempt) => {
        attempt?.begun();
        return new Promise(() => {});
      },
    };
    const executor = supervise(deaf, { retries: 1, leastSeconds: 0.05 });
    // An unref'd timer keeps no process alive.
    const alive = setInterval(() => {}, 1000);
    await assert.rejects(executor.run(fated()), /: has not .* \(tried 2 times: hang; key k{16}\)$/);
    clearInterval(alive);
  });

  it('gives a task up after its last try, in the words of that', async () => {
    const task = fated('exit', 'throw', { gives: null });
    await assert.rejects(supervise(pool).run(task), {
      name: 'TaskFailed',
      message: 'result is missing (tried 3 times: exit, error, poisoned; key kkkkkkkkkkkkkkkk)',
    });
    assert.deepEqual(
      failures.map(({ task, attempt, last }) => [task, attempt, last]),
      [
        ['instruct', 1, false],
        ['instruct', 2, false],
        ['instruct', 3, true],
      ],
    );
  });

  it('takes numbers that are not finite for the result where another try gives the same', async () => {
    const gives = resultOf(setOf(1, NaN));
    assert.deepEqual(await supervise(pool).run(fated({ gives }, { gives })), gives);
    assert.deepEqual(causes(), ['poisoned']);
  });

  it('never takes them where each try gives others', async () => {
    const given = [1, 2, 3].map((value) => ({ gives: resultOf(setOf(value, NaN)) }));
    await assert.rejects(
      supervise(pool).run(fated(...given)),
      /is NaN at index 1 \(tried 3 times: poisoned;/,
    );
  });

  it('passes on at once what the user has to mend', async () => {
    const refusal = new UserError('no such aggregation');
    const executor = supervise({ ...stubExecutor(), run: () => Promise.reject(refusal) });
    await assert.rejects(executor.run(fated()), refusal);
    assert.deepEqual(failures, []);
  });

  it('tries nothing again once it is closed', async () => {
    const executor = supervise(pool);
    const running = executor.run(fated({ afterMilliseconds: 60_000 }));
    const failed = assert.rejects(running);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await executor.close();
    await failed;
    assert.deepEqual(failures, []);
  });

  it('loses none of 500 tasks whose workers die under their first try', async function () {
    this.timeout(120_000);
    const executor = supervise(pool);
    const tasks = Array.from({ length: 500 }, () => fated('exit'));
    const results = await Promise.all(tasks.map((task) => executor.run(task)));
    assert.deepEqual(results, Array<TaskResult>(500).fill(right as TaskResult));
    assert.deepEqual(causes(), Array<FailureCause>(500).fill('exit'));
  });
});
