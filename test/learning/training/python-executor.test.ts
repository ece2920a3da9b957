import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../../../src/errors.js';
import { pythonExecutor, type Executor } from '../../../src/learning/training/executor.js';
import { runTask } from '../../../src/learning/training/run-task.js';
import { supervised } from '../../../src/learning/training/supervised.js';
import type { TaskRequest } from '../../../src/learning/training/task.js';
import type { FailedTry } from '../../../src/learning/training/task-failure.js';
import { testBackend } from '../../backend.js';
import { needsPython } from '../../python.js';
import { emptyTable, tableOf, tinyAdapters, tinyBase, tinyLora, tinyShape } from './tiny-model.js';

const request: TaskRequest<'evaluate'> = {
  kind: 'evaluate',
  key: 'key',
  seed: 'seed',
  model: tinyShape,
  hyper: { facts: [] },
  params: { base: tinyBase(), tuned: { adapters: tinyAdapters(), lora: tinyLora() } },
  data: {
    test: tableOf([
      [
        [1, 2, 3],
        [4, 5, 11],
      ],
    ]),
    shared: emptyTable,
  },
};

const patience = { signal: new AbortController().signal, begun: () => {} };

/** Whether a process is still there. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // What has ended and was not yet waited for is there still.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function ended(pid: number): Promise<void> {
  for (let wait = 0; wait < 600; wait++) {
    if (!isThere(pid)) return;
    await delay(100);
  }
  assert.fail(`${pid} has not ended within a minute`);
}

describe('the executor in Python', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'pwff-python-'));
  const [interpreter, pids] = ['python', 'pids'].map((name) => join(folder, name)) as [string, string];
  let executor: Executor;

  /** The processes so far, in their order. */
  const processes = () => readFileSync(pids, 'utf8').trim().split('\n').map(Number);

  before(async function () {
    if (process.platform === 'win32') {
      console.log('      skipped: its processes are found by a shell script');
      return this.skip();
    }
    const python = needsPython(this);
    await testBackend();
    writeFileSync(pids, '');
    writeFileSync(interpreter, `#!/bin/sh\necho $$ >> '${pids}'\nexec '${python}' "$@"\n`);
    chmodSync(interpreter, 0o755);
    executor = pythonExecutor(1, interpreter);
  });
  after(async () => {
    await executor?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says what it computes on', async () => {
    const { name, version, cpuFeatures } = await executor.fingerprint();
    assert.equal(name, 'python');
    assert.match(version, /^torch-\d.*\+transformers-\d.*\+tfjs-\d/);
    assert.ok(cpuFeatures.includes('threads:1'));
    assert.ok(cpuFeatures.some((feature) => /^(cpu|cuda):/.test(feature)));
  });

  it('has one process for all tasks of a thread, and the figures of TensorFlow.js', async () => {
    const [first, second] = [await executor.run(request, patience), await executor.run(request, patience)];
    assert.deepEqual(first, second);
    const { metrics } = await runTask(request);
    assert.ok(Math.abs(first.metrics.loss! - metrics.loss!) < 1e-5);
    assert.equal(processes().length, 1);
  });

  it('says when the process has died under a task, and has another for the next try', async () => {
    const failures: FailedTry[] = [];
    const onFailure = (failure: FailedTry) => failures.push(failure);
    process.kill(processes().at(-1)!, 'SIGKILL');
    const lasting = supervised(executor, { retries: 1, leastSeconds: 240, onFailure });
    const { metrics } = await lasting.run(request);
    assert.ok(metrics.loss! > 0);
    assert.deepEqual(
      failures.map(({ how, attempt }) => [how, attempt]),
      [['exit', 1]],
    );
    assert.match(failures[0]!.message, /the Python process has ended: .* by SIGKILL/);
    assert.equal(processes().length, 2);
  });

  it('ends a process that hangs with the attempt, and has another for the next task', async () => {
    const hanging = processes().at(-1)!;
    process.kill(hanging, 'SIGSTOP');
    const abort = new AbortController();
    const attempt = executor.run(request, { ...patience, signal: abort.signal });
    await delay(200);
    abort.abort();
    await assert.rejects(attempt, { name: 'AbortError' });
    assert.ok((await executor.run(request, patience)).metrics.loss! > 0);
    assert.equal(processes().length, 3);
    // A stopped process reads that its input has ended once it goes on.
    process.kill(hanging, 'SIGCONT');
    await ended(hanging);
  });

  it('leaves no process behind when it is closed', async () => {
    await executor.close();
    for (const pid of processes()) await ended(pid);
  });

  it('is refused in one line where there is no such Python, or it lacks a package', async () => {
    const refusalOf = async (python: string) => {
      const refused = pythonExecutor(1, python);
      const { message } = await refused.fingerprint().then(
        () => assert.fail('it was not refused'),
        (error: unknown) => {
          assert.ok(error instanceof UserError);
          return error;
        },
      );
      await refused.close();
      return message;
    };
    assert.match(
      await refusalOf(join(folder, 'none')),
      /--executor: is "python", but .*none cannot be started \(.*ENOENT/,
    );
    const bare = join(folder, 'bare');
    // Without its site packages.
    writeFileSync(bare, `#!/bin/sh\nexec '${process.env.PWFF_PYTHON}' -S "$@"\n`);
    chmodSync(bare, 0o755);
    assert.match(
      await refusalOf(bare),
      /cannot import what it needs \(No module named '.*'\); pip install torch/,
    );
  });
});
