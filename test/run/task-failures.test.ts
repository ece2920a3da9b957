import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { RunLog } from '../../src/cli/run-log.js';
import { executorOn, type Executor } from '../../src/learning/training/executor.js';
import type { TaskKind, TaskRequest } from '../../src/learning/training/task.js';
import { packageRoot } from '../../src/paths.js';
import type { PresenceRow, RoundRow } from '../../src/records/rows.js';
import { runScenario } from '../../src/run/run.js';
import { loadScenario } from '../../src/scenario/load.js';
import type { Disturbance, DisturbedData } from './disturbed-worker.js';
import { protocolRun, untrainedExecutor, type ProtocolRun } from './untrained.js';

const one = ['stages=["instruction"]', 'instruction.convergence.patience=99'];
const clientFails = [...one, 'limits.onTaskFailure=client-fails'];

/** Fails the first `times` tries of tasks that are `hit`. */
function failing(hit: (request: TaskRequest) => boolean, times = Infinity): Executor {
  let tries = 0;
  return untrainedExecutor((request) => {
    if (hit(request) && tries++ < times) throw new Error('the driver is gone');
  });
}

/** The first training task of client-1. */
const first = ({ kind, seed }: TaskRequest) => kind === 'instruct' && seed === '1/client-1/instruct/1';

const turnsOf = ({ run }: ProtocolRun) =>
  run.written.metrics
    .filter((row): row is PresenceRow => row.type === 'presence')
    .map(({ actor, on, cause }) => [actor, on, cause]);
const updatesOf = ({ run }: ProtocolRun) =>
  run.written.metrics.filter((row): row is RoundRow => row.type === 'round').map(({ updates }) => updates);

describe('a run whose tasks fail', () => {
  it('is the same run where another try succeeds, and says how many there were', async () => {
    const [undisturbed, disturbed] = [
      await protocolRun(one, { executor: untrainedExecutor() }),
      await protocolRun(one, { executor: failing(first, 2) }),
    ];
    assert.equal(disturbed.run.traceHash(), undisturbed.run.traceHash());
    assert.deepEqual(undisturbed.run.failedTries(), { retried: 0, failed: 0, byCause: {} });
    assert.deepEqual(disturbed.run.failedTries(), { retried: 2, failed: 0, byCause: { error: 2 } });
    assert.deepEqual(undisturbed.run.notes(), []);
    assert.deepEqual(disturbed.run.notes(), [
      'tries of tasks that failed: 2 (a task threw: 2); each was made again with its same seed',
    ]);
  });

  it('tries as often as the scenario says', async () => {
    const { run, ended } = await protocolRun([...one, 'limits.taskRetries=0'], {
      executor: failing(first, 1),
    });
    assert.equal(ended.reason, 'failed');
    assert.match(
      ended.cause,
      /^client-1: task instruct failed in .* round 1: the driver is gone \(tried once: error;/,
    );
    assert.deepEqual(run.failedTries(), { retried: 0, failed: 1, byCause: { error: 1 } });
  });

  it('goes on without a client whose task failed to the last, where the scenario bears it', async () => {
    const result = await protocolRun([...clientFails], { executor: failing(first) });
    assert.equal(result.ended.reason, 'finished');
    assert.deepEqual(turnsOf(result), [['client-1', false, 'task-failed']]);
    assert.deepEqual(updatesOf(result), [2, 2]);
    assert.deepEqual(result.run.failedTries(), { retried: 2, failed: 1, byCause: { error: 3 } });
    const [tries, crash] = result.run.notes();
    assert.match(tries!, /^tries of tasks that failed: 3 \(a task threw: 3\).*but for 1, the last/);
    assert.match(
      crash!,
      /^client-1 crashed because a task failed \(1×\), first at [0-9.]+ s .*: task instruct of instruction round 1: the driver is gone \(tried 3/,
    );
  });

  it('has the client back when the scenario says', async () => {
    const set = [...clientFails, 'limits.failedClientSeconds=0.01'];
    const result = await protocolRun(set, { executor: failing(first) });
    assert.equal(result.ended.reason, 'finished');
    assert.deepEqual(turnsOf(result), [
      ['client-1', false, 'task-failed'],
      ['client-1', true, 'task-failed'],
    ]);
    assert.deepEqual(updatesOf(result), [2, 3]);
  });

  it('notes where a round may wait for ever for a client that failed', async () => {
    const { run } = await protocolRun([...clientFails, 'instruction.deadlineSeconds=null']);
    assert.deepEqual(run.notes(), [
      '/instruction/deadlineSeconds: is null: with /limits/onTaskFailure "client-fails" a round may wait as long as a ' +
        'client is off that it asked',
    ]);
  });

  for (const kind of ['aggregate', 'evaluate'] as const) {
    it(`fails where it is ${kind}, which is no client's work, whatever the scenario bears`, async () => {
      const { ended } = await protocolRun(clientFails, { executor: failing((task) => task.kind === kind) });
      assert.equal(ended.reason, 'failed');
      assert.match(ended.cause, /the driver is gone/);
    });
  }

  it('fails where training diverges, whatever the scenario bears', async () => {
    const untrained = untrainedExecutor();
    const executor: Executor = {
      ...untrained,
      run: async <K extends TaskKind>(request: TaskRequest<K>) => {
        const result = await untrained.run(request);
        return request.kind === 'instruct'
          ? { ...result, metrics: { loss: NaN, validationLoss: 1 } }
          : result;
      },
    };
    const { ended } = await protocolRun(clientFails, { executor });
    assert.equal(ended.reason, 'failed');
    assert.match(ended.cause, /loss is NaN, expected finite numbers; likely instruction.learningRate/);
  });
});

describe('a run with real learning whose workers die', function () {
  this.timeout(240e3);
  const root = mkdtempSync(join(tmpdir(), 'pwff-'));
  after(() => rmSync(root, { recursive: true, force: true }));

  /** The tiny run on workers that are disturbed so. */
  async function run(name: string, disturbances: readonly Disturbance[]) {
    const { scenario, folder } = await loadScenario(join(packageRoot(), 'scenarios/tiny.json'), {
      set: ['limits.leastTaskSeconds=6'],
    });
    const kinds = [...new Set(disturbances.map(({ kind }) => kind))];
    const tries = new Int32Array(new SharedArrayBuffer(4 * (kinds.length + 1)));
    const workerData: DisturbedData = { backend: 'wasm', disturbances, kinds, tries };
    const filename = new URL('./disturbed-worker.js', import.meta.url).href;
    const resourceLimits = { maxOldGenerationSizeMb: 256 };
    const executor = executorOn(
      2,
      (options) => new Piscina({ ...options, filename, workerData, resourceLimits }),
    );
    const outFolder = join(root, name);
    const log = new RunLog({ folder: outFolder, verbose: false, start: {}, onError: assert.fail });
    try {
      return await runScenario({
        ...{ scenario, folder, outFolder, workers: 2, backend: 'wasm', executor, observers: [log] },
        onSummary: (summary) => log.end(summary),
      });
    } finally {
      await executor.close();
    }
  }

  it('has the trace hash of the run without deaths, and counts them by cause in summary, note and log', async () => {
    const undisturbed = await run('undisturbed', []);
    const disturbed = await run('disturbed', [
      { kind: 'instruct', nth: 0, fate: 'exit' },
      { kind: 'instruct', nth: 3, fate: 'nan' },
      { kind: 'instruct', nth: 5, fate: 'hang' },
      { kind: 'aggregate', nth: 0, fate: { gives: null } },
      { kind: 'reward', nth: 1, fate: 'memory' },
      { kind: 'freeze', nth: 0, fate: 'throw' },
      { kind: 'align', nth: 1, fate: 'uncaught' },
      { kind: 'score', nth: 0, fate: 'exit' },
    ]);
    assert.equal(disturbed.ended.reason, 'finished', JSON.stringify(disturbed.ended));
    assert.equal(disturbed.traceHash, undisturbed.traceHash);
    assert.deepEqual(undisturbed.tasks, { retried: 0, failed: 0, byCause: {} });
    // On a busy machine another task may take as long as one that hangs.
    const { hang, ...others } = disturbed.tasks!.byCause;
    assert.ok(hang! >= 1);
    assert.deepEqual(others, { exit: 2, poisoned: 2, memory: 1, error: 2 });
    assert.deepEqual(disturbed.tasks!.failed, 0);
    assert.ok(
      disturbed.notes.some((note) =>
        note.startsWith(`tries of tasks that failed: ${disturbed.tasks!.retried} (`),
      ),
    );
    const lines = readFileSync(join(root, 'disturbed/run.log'), 'utf8').trim().split('\n');
    const entries = lines.map((text) => JSON.parse(text) as { readonly msg: string });
    assert.equal(
      entries.filter(({ msg }) => msg === 'a try of a task failed').length,
      disturbed.tasks!.retried,
    );
  });
});
