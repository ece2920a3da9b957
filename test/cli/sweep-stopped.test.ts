import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cli, hashes, needsSignals, openWorkplace, stub, until } from './sweeping.js';

/** A sweep over the number of rounds of stage 1: 100 last some seconds, a few a moment. */
function roundsOf(...rounds: readonly number[]): readonly string[] {
  const set = ['stages=["instruction"]', 'instruction.convergence.patience=100000'];
  return [
    ...['sweep', 'tiny', ...stub, '--seeds', '1', '--vary', `instruction.maxRounds=${rounds.join(',')}`],
    ...set.flatMap((each) => ['--set', each]),
  ];
}

describe('pwff sweep that is stopped', function () {
  this.timeout(60_000);
  let place: ReturnType<typeof openWorkplace>;
  before(function () {
    needsSignals(this);
  });
  beforeEach(() => {
    place = openWorkplace();
  });
  afterEach(() => place.close());

  const start = (args: readonly string[]) => place.start(process.execPath, [cli, ...args]);

  /** Runs that are being written. */
  const atWork = () =>
    place
      .names('unfinished')
      .filter((name) => existsSync(join(place.out, 'unfinished', name, 'messages.jsonl')));

  it('counts a run whose process dies as failed, and goes on with the others', async () => {
    const { child, ended } = start([...roundsOf(100, 2, 3), '--jobs', '1', '--out', place.out]);
    await until('a run is at work', () => atWork().length === 1);
    const [victim] = childrenOf(child.pid!);
    process.kill(victim!, 'SIGKILL');
    const { status, stderr } = await ended;
    assert.equal(status, 1, stderr);
    assert.equal(place.names('runs').length, 2, stderr);
    assert.match(
      stderr,
      /^pwff: maxRounds=100 seed 1 failed: its process was ended by SIGKILL; perhaps memory ran out: /,
    );
  });

  it('stops at Ctrl-C, puts no half run among the whole ones, holds no claim, and goes on', async () => {
    const sweep = roundsOf(100, 101, 2);
    const { child, ended } = start([...sweep, '--jobs', '2', '--out', place.out]);
    await until('two runs are at work', () => atWork().length === 2);
    // A terminal sends it to all processes of its group.
    for (const pid of [child.pid!, ...childrenOf(child.pid!)]) process.kill(pid, 'SIGINT');
    const { status, stdout, stderr } = await ended;
    assert.equal(status, 130, stderr);
    assert.match(stdout, /Stopping\. Ctrl-C again quits at once\.\n/);
    assert.match(stdout, /: 0 of 3 done, 3 left .*\n.*\nStopped\. The same command goes on\.\n$/);
    assert.deepEqual([place.names('runs'), place.names('failures')], [[], []]);
    const again = await place.pwff(...sweep, '--out', place.out, '--quiet');
    assert.equal(again.status, 0, again.stderr);
    assert.equal(place.names('runs').length, 3);
    assert.deepEqual(place.names('unfinished'), []);
  });

  it('goes on after kill -9 in the middle: what was done stays, what was half done is the same run', async () => {
    const sweep = roundsOf(2, 100, 101);
    const { child, ended } = start([...sweep, '--jobs', '2', '--out', place.out]);
    await until(
      'one run is done, two are at work',
      () => place.names('runs').length === 1 && atWork().length === 2,
    );
    const children = childrenOf(child.pid!);
    child.kill('SIGKILL');
    await ended;
    await until('the processes of the runs have ended', () => !children.some(isThere));
    const [done = ''] = place.names('runs');
    assert.match(done, /^maxRounds-2-/);
    assert.equal(place.names('unfinished').length, 2, 'two were being written');
    const writtenAt = () => statSync(join(place.out, 'runs', done, 'summary.json')).mtimeMs;
    const before = writtenAt();
    const undisturbed = join(place.folder, 'undisturbed');
    const both = await Promise.all(
      [place.out, undisturbed].map((to) => place.pwff(...sweep, '--jobs', '2', '--out', to, '--quiet')),
    );
    assert.deepEqual(
      both.map(({ status, stderr }) => [status, stderr]),
      [
        [0, ''],
        [0, ''],
      ],
    );
    assert.equal(writtenAt(), before);
    assert.deepEqual([place.names('claims'), place.names('unfinished')], [[], []]);
    assert.equal(place.names('runs').length, 3);
    assert.deepEqual(hashes(place.out), hashes(undisturbed));
  });
});

function childrenOf(pid: number): readonly number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout.trim().split(/\s+/).filter(Boolean).map(Number);
}

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}
