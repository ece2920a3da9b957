import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.js';
import { poolExecutor, type Executor } from '../../src/learning/training/executor.js';
import type { TaskKind } from '../../src/learning/training/task.js';
import type { RunObserver } from '../../src/records/run-event.js';
import type { RunOptions } from '../../src/run/options.js';
import { runScenario, type RunResult } from '../../src/run/run.js';
import { loadScenario } from '../../src/scenario/load.js';

describe('a run that was stopped', function () {
  this.timeout(180e3);
  let root = '';
  let whole: RunResult;
  const at = (name: string) => join(root, name);
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'pwff-resume-'));
    whole = await run('whole');
  });
  after(() => rmSync(root, { recursive: true }));

  async function run(
    name: string,
    options: Partial<RunOptions> = {},
    set: string[] = [],
  ): Promise<RunResult> {
    const loaded = await loadScenario('tiny', { set });
    return runScenario({ ...loaded, outFolder: at(name), workers: 1, backend: 'wasm', ...options });
  }

  /** Stops as soon as so many tasks have come to their end. */
  function stopAfter(tasks: number): Pick<RunOptions, 'observers' | 'signal'> {
    const stop = new AbortController();
    let ended = 0;
    const next: RunObserver['next'] = ({ type }) => {
      if (type === 'task-finished' && ++ended === tasks) stop.abort();
    };
    return { observers: [{ next }], signal: stop.signal };
  }

  const params = (name: string) =>
    readdirSync(join(at(name), 'params')).map((file) => [
      file,
      readFileSync(join(at(name), 'params', file), 'hex'),
    ]);

  it('goes on to the end of a run that never stopped: its trace, its parameters', async () => {
    for (const tasks of [1, 20, 40]) {
      const stopped = await run('stopped', stopAfter(tasks));
      assert.equal(stopped.ended.reason, 'interrupted');
      const { ended, traceHash, journal } = await run('stopped', { resume: 'must', workers: 2 });
      assert.equal(ended.reason, 'finished');
      assert.equal(traceHash, whole.traceHash);
      assert.deepEqual(params('stopped'), params('whole'));
      assert.ok(journal!.answered >= tasks, `${journal!.answered} of ${tasks} were answered`);
      assert.equal(journal!.answered + journal!.computed, whole.journal!.computed);
      assert.ok(!existsSync(join(at('stopped'), 'journal')));
    }
  });

  it('begins anew without being told to go on, and without a journal', async () => {
    await run('anew', stopAfter(3));
    assert.equal((await run('anew')).journal!.answered, 0);
    await run('none', { ...stopAfter(3), journal: 'none' });
    assert.ok(!existsSync(join(at('none'), 'journal')));
    const { journal, traceHash } = await run('none', { resume: 'must', journal: 'none' });
    assert.equal(journal, null);
    assert.equal(traceHash, whole.traceHash);
  });

  const refused: {
    readonly what: string;
    readonly name: string;
    readonly set: string[];
    readonly by: RegExp;
  }[] = [
    { what: 'a run that is over', name: 'whole', set: [], by: /its run is over \(finished\)/ },
    { what: 'a folder without a run', name: 'nothing', set: [], by: /holds no run/ },
    {
      what: 'another seed',
      name: 'other',
      set: ['seed=2'],
      by: /began with \/scenario\/seed 1, and would go on with 2/,
    },
  ];
  for (const { what, name, set, by } of refused) {
    it(`is not gone on with: ${what}, in one line, and nothing is touched`, async () => {
      if (name === 'other') await run(name, stopAfter(3));
      const before = existsSync(at(name)) ? readdirSync(at(name), { recursive: true }) : [];
      await assert.rejects(run(name, { resume: 'must' }, set), (error: unknown) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, by);
        assert.ok(!error.message.includes('\n'));
        return true;
      });
      assert.deepEqual(existsSync(at(name)) ? readdirSync(at(name), { recursive: true }) : [], before);
    });
  }

  it('stops where its journal cannot be written, as on a full disk, says where, and goes on when it can', async () => {
    await run('full', stopAfter(3));
    const [identity = ''] = readdirSync(join(at('full'), 'journal'));
    const blobs = join(at('full'), 'journal', identity, 'blobs');
    rmSync(blobs, { recursive: true });
    writeFileSync(blobs, 'no folder');
    const stopped = await run('full', { resume: 'must' });
    assert.ok(stopped.ended.reason === 'failed');
    assert.match(stopped.ended.cause, /journal.*: cannot be written \(/);
    rmSync(blobs);
    const { ended, traceHash } = await run('full', { resume: 'must' });
    assert.equal(ended.reason, 'finished');
    assert.equal(traceHash, whole.traceHash);
  });

  it('may begin anew where it cannot go on', async () => {
    await run('may', stopAfter(3));
    const other = await run('may', { resume: 'may' }, ['seed=2']);
    assert.equal(other.journal!.answered, 0);
    assert.equal(other.ended.reason, 'finished');
  });
});

describe('a cache that runs share', function () {
  this.timeout(180e3);
  let root = '';
  const pool = poolExecutor(1, 'wasm');
  let computed: TaskKind[] = [];
  const executor: Executor = {
    ...pool,
    run: (request) => {
      computed.push(request.kind);
      return pool.run(request);
    },
  };
  before(() => void (root = mkdtempSync(join(tmpdir(), 'pwff-cache-'))));
  after(async () => {
    await pool.close();
    rmSync(root, { recursive: true });
  });

  async function run(name: string, set: string[], cached = true): Promise<RunResult> {
    const loaded = await loadScenario('tiny', { set });
    const journal = cached ? { folder: join(root, 'cache') } : 'none';
    computed = [];
    return runScenario({
      ...loaded,
      outFolder: join(root, name),
      workers: 1,
      backend: 'wasm',
      journal,
      executor,
    });
  }

  it('answers the tasks of an equal run, and of another those whose inputs are equal; results stay what they are', async () => {
    const set = ['channel.lossProbability=0', 'channel.maxTransmissions=50'];
    const first = await run('first', set);
    assert.equal(first.journal!.answered, 0);
    const again = await run('again', set);
    assert.equal(again.traceHash, first.traceHash);
    assert.equal(again.journal!.computed, 0);
    const faster = [...set, 'channel.uplink.bandwidthHz=2000000'];
    const other = await run('other', faster);
    // An aggregation knows how long its updates took; all else is equal on a faster link.
    assert.deepEqual([...new Set(computed)], ['aggregate']);
    assert.equal(other.traceHash, (await run('uncached', faster, false)).traceHash);
    assert.notEqual(other.traceHash, first.traceHash);
    const changed = await run('changed', [...set, 'alignment.learningRate=0.0001']);
    assert.ok(
      changed.journal!.answered > 10 && changed.journal!.computed > 3,
      JSON.stringify(changed.journal),
    );
  });
});
