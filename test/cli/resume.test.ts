import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Summary } from '../../src/records/summary.js';
import { cli, needsSignals, openWorkplace, until, type Workplace } from './sweeping.js';

const real = ['--backend', 'wasm', '--workers', '1'];

/** Finished tasks in the journals below a folder. */
function tasksIn(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.tasks'))
      .reduce(
        (sum, name) => sum + readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean).length,
        0,
      );
  } catch {
    return 0;
  }
}

const summaryIn = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Summary;

const paramsIn = (folder: string) =>
  readdirSync(join(folder, 'params')).map((file) => [
    file,
    readFileSync(join(folder, 'params', file), 'hex'),
  ]);

describe('a run that is killed', function () {
  this.timeout(300e3);
  let place: Workplace & { close(): void };
  let whole = '';
  before(async function () {
    needsSignals(this);
    place = openWorkplace();
    whole = join(place.folder, 'whole');
    const { status, stderr } = await place.pwff('run', 'tiny', ...real, '--out', whole, '--quiet');
    assert.equal(status, 0, stderr);
  });
  after(() => place?.close());

  /** Starts a command and kills it once so many more tasks are in the journal, a moment later. */
  async function killedAfter(args: readonly string[], folder: string, tasks: number, milliseconds: number) {
    const { child, ended } = place.start(process.execPath, [cli, ...args]);
    const before = tasksIn(folder);
    await until(`${tasks} tasks more than ${before}`, () => tasksIn(folder) >= before + tasks);
    await sleep(milliseconds);
    child.kill('SIGKILL');
    await ended;
  }

  it('again and again, goes on each time, and ends as the one that never was: trace and parameters', async () => {
    const folder = join(place.folder, 'killed');
    await killedAfter(['run', 'tiny', ...real, '--out', folder], folder, 2, 0);
    for (const [tasks, milliseconds] of [
      [1, 3],
      [7, 0],
      [9, 11],
    ] as const) {
      await killedAfter(['run', '--resume', folder, '--workers', '1'], folder, tasks, milliseconds);
    }
    const done = tasksIn(folder);
    const { status, stdout, stderr } = await place.pwff('run', '--resume', folder, ...real);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Goes on with the run in /);
    const [ended, expected] = [summaryIn(folder), summaryIn(whole)];
    assert.equal(ended.traceHash, expected.traceHash);
    assert.equal(ended.journal!.answered, done);
    assert.deepEqual(paramsIn(folder), paramsIn(whole));
    const compared = await place.pwff('diff', whole, folder);
    assert.deepEqual([compared.status, compared.stderr], [0, '']);
  });

  it('with a cache, goes on from what stands there, and leaves it to others', async () => {
    const [folder, cache] = [join(place.folder, 'cached'), join(place.folder, 'cache')];
    await killedAfter(['run', 'tiny', ...real, '--out', folder, '--cache', cache], cache, 6, 2);
    const done = tasksIn(cache);
    const { status, stderr } = await place.pwff(
      'run',
      '--resume',
      folder,
      ...real,
      '--cache',
      cache,
      '--quiet',
    );
    assert.equal(status, 0, stderr);
    const { traceHash, journal } = summaryIn(folder);
    assert.equal(traceHash, summaryIn(whole).traceHash);
    assert.equal(journal!.answered, done);
    assert.equal(tasksIn(cache), done + journal!.computed);
  });

  it('as part of a sweep, is gone on with by whoever takes the sweep up', async () => {
    const sweep = ['sweep', 'tiny', '--backend', 'wasm', '--seeds', '1', '--jobs', '1', '--out', place.out];
    await killedAfter(sweep, place.out, 12, 0);
    const { status, stderr } = await place.pwff(...sweep, '--quiet');
    assert.equal(status, 0, stderr);
    const [name = ''] = place.names('runs');
    const summary = summaryIn(join(place.out, 'runs', name));
    assert.equal(summary.traceHash, summaryIn(whole).traceHash);
    assert.ok(summary.journal!.answered >= 12, JSON.stringify(summary.journal));
  });

  it('is not gone on with once it is over, and nobody says that it is', async () => {
    const { status, stdout, stderr } = await place.pwff('run', '--resume', whole);
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /: its run is over \(finished\), expected one that was stopped; .*\n$/);
  });

  it('is not gone on with by a scenario or settings, in one line', async () => {
    for (const more of [['tiny'], ['--seed', '2'], ['--set', 'seed=2'], ['--out', 'x']]) {
      const { status, stderr } = await place.pwff('run', '--resume', whole, ...more);
      assert.equal(status, 2);
      assert.match(
        stderr,
        /^--resume: goes on with a run as it began, expected neither a scenario nor .*\n$/,
      );
    }
  });
});
