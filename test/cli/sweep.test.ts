import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../src/paths.js';
import type { Summary } from '../../src/records/summary.js';
import type { StudyOutcome } from '../../src/study/run-study.js';

/*
 * `pwff sweep` as a user runs it: processes, signals and folders that several share. Runs are of the tiny scenario
 * without learning; where one has to last, with more rounds.
 */

const cli = join(packageRoot(), 'dist/src/cli.js');
const stub = ['--set', 'learning=stub', '--backend', 'wasm'];
const four = ['sweep', 'tiny', ...stub, '--vary', 'channel.uplink.meanSnrDb=0,10', '--seeds', '2'];
/** Runs of some seconds each. */
const long = [
  ...four,
  '--set',
  'stages=["instruction"]',
  '--set',
  'instruction.maxRounds=2000',
  '--set',
  'instruction.convergence.patience=100000',
];

describe('pwff sweep', function () {
  this.timeout(180_000);
  let folder = '';
  let out = '';
  const started: ChildProcess[] = [];
  before(function () {
    if (process.platform === 'win32') {
      console.log('      skipped: signals are a POSIX system’s here');
      this.skip();
    }
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pwff-sweep-'));
    out = join(folder, 'study');
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, maxRetries: 5 });
  });

  function pwff(...args: readonly string[]) {
    return spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', cwd: folder });
  }

  function start(...args: readonly string[]) {
    const child = spawn(process.execPath, [cli, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(child);
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    return { child, said, ended: once(child, 'close') };
  }

  const inOut = (name: string) => (existsSync(join(out, name)) ? readdirSync(join(out, name)) : []);

  /** Waits until a run is being written. */
  async function atWork(count = 1): Promise<void> {
    const since = performance.now();
    const begun = () =>
      inOut('unfinished').filter((name) => existsSync(join(out, 'unfinished', name, 'messages.jsonl')));
    while (begun().length < count) {
      assert.ok(performance.now() - since < 60_000, 'no run has begun');
      await sleep(20);
    }
  }

  /** Trace hashes by the folder of the run. */
  function hashes(of = out): Readonly<Record<string, string>> {
    return Object.fromEntries(
      readdirSync(join(of, 'runs')).map((name) => {
        const summary = JSON.parse(readFileSync(join(of, 'runs', name, 'summary.json'), 'utf8')) as Summary;
        return [name, summary.traceHash];
      }),
    );
  }

  it('does every point with every seed, says how far it is, and leaves ordinary runs', () => {
    const { status, stdout, stderr } = pwff(...four, '--out', out);
    assert.equal(status, 0, stderr);
    assert.equal(stderr, '');
    const lines = stdout.trim().split('\n');
    assert.match(
      lines[0]!,
      /^meanSnrDb=\d+ seed \d: .* m?s\. 1 of 4 done, \d running, \d waiting; (about .* left, by 1 run|a moment left)$/,
    );
    assert.match(lines[3]!, /^meanSnrDb=\d+ seed \d: .* m?s\. 4 of 4 done$/);
    assert.match(lines[4]!, /^Study tiny-[0-9a-f]{8}: 4 of 4 done \(\d+ at a time, 1 worker each\)$/);
    assert.deepEqual(
      inOut('runs')
        .map((name) => name.slice(0, -13))
        .sort(),
      ['meanSnrDb-0-seed-1', 'meanSnrDb-0-seed-2', 'meanSnrDb-10-seed-1', 'meanSnrDb-10-seed-2'],
    );
    assert.deepEqual([inOut('claims'), inOut('unfinished'), inOut('failures')], [[], [], []]);
    const [name = ''] = inOut('runs');
    assert.equal(pwff('report', join(out, 'runs', name)).status, 0);
  });

  it('does the runs that `pwff run` does, and several in one process are as if each were alone', () => {
    assert.equal(pwff(...four, '--out', out, '--jobs', '1', '--quiet').status, 0);
    for (const [name, traceHash] of Object.entries(hashes())) {
      const [, snr = '', seed = ''] = /^meanSnrDb-(\d+)-seed-(\d+)/.exec(name) ?? [];
      const set = ['--set', 'learning=stub', '--set', `channel.uplink.meanSnrDb=${snr}`];
      const { stdout } = pwff('run', 'tiny', ...set, '--seed', seed, '--json', '--out', join(folder, name));
      assert.equal((JSON.parse(stdout) as Summary).traceHash, traceHash, name);
    }
  });

  it('does nothing twice, and takes more seeds into the same folder', () => {
    assert.equal(pwff(...four, '--out', out).status, 0);
    const before = hashes();
    const again = pwff(...four, '--out', out);
    assert.equal(again.status, 0);
    assert.match(again.stdout, /^Study tiny-[0-9a-f]{8}: 4 of 4 done\nRuns: /);
    const listed = pwff(...four, '--seeds', '3', '--out', out, '--dry-run');
    assert.match(listed.stdout, /\n6 runs in .*: 4 done, 0 failed, 2 left\n$/);
    assert.match(listed.stdout, /^left {4}meanSnrDb-0-seed-3-/m);
    assert.equal(pwff(...four, '--seeds', '3', '--out', out).status, 0);
    assert.equal(inOut('runs').length, 6);
    assert.deepEqual({ ...hashes(), ...before }, hashes());
  });

  it('refuses another study in the same folder, and a folder of something else, in one line', () => {
    assert.equal(pwff(...four, '--out', out).status, 0);
    const other = pwff('sweep', 'tiny', ...stub, '--vary', 'method=sfl,pfl', '--out', out);
    assert.equal(other.status, 2);
    assert.match(
      other.stderr,
      /^\S+: holds another study \(tiny-[0-9a-f]{8}, 4 runs\), expected .* with --out\n$/,
    );
    writeFileSync(join(folder, 'mine'), '');
    const strange = pwff(...four, '--out', folder);
    assert.equal(strange.status, 2);
    assert.match(
      strange.stderr,
      /^\S+: is not empty and not the folder of a study, expected .* with --out\n$/,
    );
  });

  it('refuses a value before anything runs, by the name of its point', () => {
    const { status, stderr } = pwff('sweep', 'tiny', '--vary', 'method=pwff,pwf', '--out', out);
    assert.equal(status, 2);
    assert.match(stderr, /^\S+tiny\.json with point method=pwf: \/method: is "pwf", expected .*\n$/);
    assert.equal(existsSync(out), false);
  });

  it('runs a study file, whose runs the API plans', () => {
    const file = join(packageRoot(), 'scenarios/studies/snr-and-methods.yaml');
    const { status, stdout, stderr } = pwff('sweep', file, ...stub, '--seeds', '7,', '--json', '--out', out);
    assert.equal(status, 0, stderr);
    const { name, runs } = JSON.parse(stdout) as StudyOutcome;
    assert.equal(name, 'snr-and-methods');
    assert.deepEqual(
      runs.map(({ point, seed, state, folder: at }) => [
        point,
        seed,
        state,
        existsSync(join(at, 'report.html')),
      ]),
      ['0 method=pwff', '0 method=fedlora', '10 method=pwff', '10 method=fedlora'].map((point) => [
        `meanSnrDb=${point}`,
        7,
        'done',
        true,
      ]),
    );
    const both = pwff('sweep', file, '--vary', 'method=pwff', '--out', out);
    assert.equal(both.status, 2);
    assert.match(both.stderr, /^--vary: stands beside the study .*, expected one of them; .*\n$/);
  });

  it('lists runs that failed, keeps their records, and does them again when asked', () => {
    const scenario = join(folder, 'doubtful.ts');
    const text = (isBroken: boolean) => `export default { name: 'doubtful', extends: 'tiny', learning: 'stub',
      timeline: [{ atSeconds: 0.5, do: [(run) => { if (${isBroken} && run.seed !== 1) throw new Error('on purpose'); }] }] };`;
    writeFileSync(scenario, text(true).replace('run.seed !== 1', 'globalThis.process.env.PWFF_BREAK'));
    const sweep = ['sweep', scenario, '--backend', 'wasm', '--seeds', '2', '--out', out];
    const run = (env: Record<string, string>, ...more: string[]) =>
      spawnSync(process.execPath, [cli, ...sweep, ...more], {
        encoding: 'utf8',
        cwd: folder,
        env: { ...process.env, ...env },
      });
    const broken = run({ PWFF_BREAK: '1' });
    assert.equal(broken.status, 1, broken.stdout);
    assert.match(broken.stderr, /^pwff: base seed 1 failed: .*on purpose.*$/m);
    assert.match(broken.stderr, /\npwff: 2 failed; --retry does them again\n$/);
    assert.deepEqual(inOut('runs'), []);
    assert.ok(inOut('failures').some((name) => existsSync(join(out, 'failures', name, 'manifest.json'))));
    const still = run({});
    assert.equal(still.status, 1, 'what failed is not done again unasked');
    assert.match(still.stdout, /: 0 of 2 done/);
    const mended = run({}, '--retry');
    assert.equal(mended.status, 0, mended.stderr);
    assert.equal(inOut('runs').length, 2);
    assert.deepEqual([inOut('failures'), inOut('claims'), inOut('unfinished')], [[], [], []]);
  });

  it('counts a run whose process dies as failed, and goes on with the others', async () => {
    const { child, ended, said } = start(...long, '--jobs', '1', '--out', out);
    await atWork();
    const [victim] = childrenOf(child.pid!);
    process.kill(victim!, 'SIGKILL');
    await ended;
    assert.equal(child.exitCode, 1);
    assert.equal(inOut('runs').length, 3, said.err);
    assert.match(
      said.err,
      /^pwff: meanSnrDb=0 seed 1 failed: its process was ended by SIGKILL; perhaps memory ran out: /,
    );
  });

  it('stops at Ctrl-C, leaves no half run and no claim that holds, and goes on', async () => {
    const { child, ended, said } = start(...long, '--jobs', '2', '--out', out);
    await atWork(2);
    // A terminal sends it to all processes of its group.
    for (const pid of [child.pid!, ...childrenOf(child.pid!)]) process.kill(pid, 'SIGINT');
    await ended;
    assert.equal(child.exitCode, 130, said.err);
    assert.match(said.out, /Stopping\. Ctrl-C again quits at once\.\n/);
    assert.match(said.out, /: 0 of 4 done, 4 left .*\n.*\nStopped\. The same command goes on\.\n$/);
    assert.deepEqual([inOut('runs'), inOut('unfinished'), inOut('failures')], [[], [], []]);
    const again = pwff(...long, '--out', out, '--quiet');
    assert.equal(again.status, 0, again.stderr);
    assert.equal(inOut('runs').length, 4);
  });

  it('goes on after kill -9, with the same results as if nothing had been', async () => {
    const { child, ended } = start(...long, '--jobs', '2', '--out', out);
    await atWork();
    await atWork();
    const children = childrenOf(child.pid!);
    child.kill('SIGKILL');
    await ended;
    while (children.some(isThere)) await sleep(20);
    assert.ok(inOut('unfinished').length > 0, 'something was being written');
    const again = pwff(...long, '--out', out, '--quiet');
    assert.equal(again.status, 0, again.stderr);
    assert.deepEqual([inOut('claims'), inOut('unfinished')], [[], []]);
    const whole = join(folder, 'whole');
    assert.equal(pwff(...long, '--out', whole, '--quiet').status, 0);
    assert.deepEqual(hashes(), hashes(whole));
  });

  it('is divided into shards, which together are the whole, in any number of processes', async () => {
    const shards = ['1/2', '2/2', '2/2'].map((shard) => start(...four, '--shard', shard, '--out', out));
    await Promise.all(shards.map(({ ended }) => ended));
    assert.deepEqual(
      shards.map(({ child, said }) => [child.exitCode, said.err]),
      [
        [0, ''],
        [0, ''],
        [0, ''],
      ],
    );
    const whole = join(folder, 'whole');
    assert.equal(pwff(...four, '--out', whole, '--quiet').status, 0);
    assert.deepEqual(hashes(), hashes(whole));
    assert.deepEqual([inOut('claims'), inOut('unfinished')], [[], []]);
  });

  it('refuses a shard that is none', () => {
    const { status, stderr } = pwff(...four, '--shard', '3/2', '--out', out);
    assert.equal(status, 2);
    assert.equal(stderr, '--shard: is "3/2", expected a part and how many there are, from 1/4 to 4/4\n');
  });

  it('prints a job array for Slurm, whose elements do the study', () => {
    const { status, stdout, stderr } = pwff(
      ...four,
      '--vary',
      'model.path=null',
      '--out',
      'my study',
      '--emit',
      'slurm',
      '--tasks',
      '2',
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^#!\/bin\/bash\n(#SBATCH .*\n)+set -euo pipefail\n/);
    assert.match(stdout, /^#SBATCH --array=1-2$/m);
    assert.match(stdout, /^#SBATCH --cpus-per-task=1$/m);
    for (const task of ['1', '2']) {
      const env = { ...process.env, SLURM_ARRAY_TASK_ID: task, PWFF: `${process.execPath} ${cli}` };
      const job = spawnSync('bash', { input: stdout, encoding: 'utf8', cwd: '/', env });
      assert.equal(job.status, 0, job.stderr);
    }
    assert.equal(readdirSync(join(folder, 'my study', 'runs')).length, 4);
  });
});

function childrenOf(pid: number): readonly number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout.trim().split(/\s+/).filter(Boolean).map(Number);
}

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}
