import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../src/paths.js';
import type { Summary } from '../../src/records/summary.js';

/*
 * `pwff sweep` as a user runs it: processes, signals and folders that several share. Runs are of the tiny scenario
 * without learning; where one has to last some seconds, with more rounds.
 */

const cli = join(packageRoot(), 'dist/src/cli.js');
const stub = ['--set', 'learning=stub', '--backend', 'wasm'];
const four = ['sweep', 'tiny', ...stub, '--vary', 'channel.uplink.meanSnrDb=0,10', '--seeds', '2'];

/** A sweep over the number of rounds of stage 1: 250 last some seconds, a few a moment. */
function roundsOf(...rounds: readonly number[]): readonly string[] {
  const set = ['stages=["instruction"]', 'instruction.convergence.patience=100000'];
  return [
    ...['sweep', 'tiny', ...stub, '--seeds', '1', '--vary', `instruction.maxRounds=${rounds.join(',')}`],
    ...set.flatMap((each) => ['--set', each]),
  ];
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('pwff sweep', function () {
  this.timeout(60_000);
  /** Of all tests, with the four runs in `whole`, which no test changes. */
  let shared = '';
  let whole = '';
  let first: Ended;
  let folder = '';
  let out = '';
  const started: ChildProcess[] = [];
  before(async function () {
    if (process.platform === 'win32') {
      console.log('      skipped: signals are a POSIX system’s here');
      this.skip();
    }
    shared = mkdtempSync(join(tmpdir(), 'pwff-sweep-'));
    whole = join(shared, 'whole');
    folder = shared;
    first = await pwff(...four, '--jobs', '2', '--workers', '1', '--out', whole);
  });
  after(() => {
    if (shared !== '') rmSync(shared, { recursive: true, maxRetries: 5 });
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pwff-sweep-'));
    out = join(folder, 'study');
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, maxRetries: 5 });
  });

  function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    return { child, ended: endOf(child) };
  }

  const pwff = (...args: readonly string[]) => start(args).ended;

  const inOut = (name: string) => (existsSync(join(out, name)) ? readdirSync(join(out, name)) : []);

  /** Points whose run is being written. */
  const atWork = () =>
    inOut('unfinished').filter((name) => existsSync(join(out, 'unfinished', name, 'messages.jsonl')));

  async function until(what: string, isSo: () => boolean): Promise<void> {
    const since = performance.now();
    while (!isSo()) {
      assert.ok(performance.now() - since < 30_000, `not in 30 s: ${what}`);
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

  it('does every point with every seed, says how far it is, and leaves ordinary runs', async () => {
    assert.deepEqual([first.status, first.stderr], [0, '']);
    const lines = first.stdout.trim().split('\n');
    assert.match(
      lines[0]!,
      /^meanSnrDb=\d+ seed \d: .* m?s\. 1 of 4 done, \d running, \d waiting; (about .* left, by 1 run|a moment left)$/,
    );
    assert.match(lines[3]!, /^meanSnrDb=\d+ seed \d: .* m?s\. 4 of 4 done$/);
    assert.match(lines[4]!, /^Study tiny-[0-9a-f]{8}: 4 of 4 done \(2 at a time, 1 worker each\)$/);
    const names = readdirSync(join(whole, 'runs'));
    assert.deepEqual(names.map((name) => name.slice(0, -13)).sort(), [
      'meanSnrDb-0-seed-1',
      'meanSnrDb-0-seed-2',
      'meanSnrDb-10-seed-1',
      'meanSnrDb-10-seed-2',
    ]);
    for (const empty of ['claims', 'unfinished', 'failures']) {
      assert.deepEqual(readdirSync(join(whole, empty)), [], empty);
    }
    assert.equal((await pwff('report', join(whole, 'runs', names[0]!))).status, 0);
  });

  it('does the runs that `pwff run` does, and several in one process are as if each were alone', async () => {
    const alone = Object.keys(hashes(whole)).map(async (name) => {
      const [, snr = '', seed = ''] = /^meanSnrDb-(\d+)-seed-(\d+)/.exec(name) ?? [];
      const set = ['--set', `channel.uplink.meanSnrDb=${snr}`, '--seed', seed];
      const { stdout } = await pwff('run', 'tiny', ...stub, ...set, '--json', '--out', join(folder, name));
      return [name, (JSON.parse(stdout) as Summary).traceHash] as const;
    });
    assert.deepEqual(hashes(whole), Object.fromEntries(await Promise.all(alone)));
  });

  it('does nothing twice, and takes more seeds into the same folder', async () => {
    cpSync(whole, out, { recursive: true });
    const [again, listed] = await Promise.all([
      pwff(...four, '--out', out),
      pwff(...four, '--seeds', '3', '--out', out, '--dry-run'),
    ]);
    assert.equal(again.status, 0);
    assert.match(again.stdout, /^Study tiny-[0-9a-f]{8}: 4 of 4 done\nRuns: /);
    assert.match(listed.stdout, /\n6 runs in .*: 4 done, 0 failed, 2 left\n$/);
    assert.match(listed.stdout, /^left {4}meanSnrDb-0-seed-3-/m);
    assert.equal((await pwff(...four, '--seeds', '3', '--out', out)).status, 0);
    assert.equal(inOut('runs').length, 6);
    assert.deepEqual({ ...hashes(), ...hashes(whole) }, hashes());
  });

  it('refuses what it cannot do before anything runs, in one line', async () => {
    writeFileSync(join(folder, 'mine'), '');
    const file = join(packageRoot(), 'scenarios/studies/snr-and-methods.yaml');
    const cases = [
      {
        args: ['sweep', 'tiny', ...stub, '--vary', 'method=sfl,pfl', '--out', whole],
        said: /^\S+: holds another study \(tiny-[0-9a-f]{8}, 4 runs\), expected .* with --out\n$/,
      },
      {
        args: [...four, '--out', folder],
        said: /^\S+: is not empty and not the folder of a study, expected .* with --out\n$/,
      },
      {
        args: ['sweep', 'tiny', '--vary', 'method=pwff,pwf', '--out', out],
        said: /^\S+tiny\.json with point method=pwf: \/method: is "pwf", expected .*\n$/,
      },
      {
        args: ['sweep', file, '--vary', 'method=pwff', '--out', out],
        said: /^--vary: stands beside the study .*, expected one of them; .*\n$/,
      },
      {
        args: [...four, '--shard', '3/2', '--out', out],
        said: /^--shard: is "3\/2", expected a part and how many there are, from 1\/4 to 4\/4\n$/,
      },
    ];
    const ended = await Promise.all(cases.map(({ args }) => pwff(...args)));
    for (const [at, { said }] of cases.entries()) {
      assert.match(ended[at]!.stderr, said);
      assert.equal(ended[at]!.status, 2);
    }
    assert.equal(existsSync(out), false);
  });

  it('lists runs that failed, keeps their records, and does them again when asked', async () => {
    const scenario = join(folder, 'doubtful.ts');
    const fault = `if (globalThis.process.env.PWFF_BREAK) throw new Error('on purpose');`;
    writeFileSync(
      scenario,
      `export default { name: 'doubtful', extends: 'tiny', learning: 'stub',
        timeline: [{ atSeconds: 0.5, do: [() => { ${fault} }] }] };`,
    );
    const sweep = ['sweep', scenario, '--backend', 'wasm', '--seeds', '2', '--out', out];
    const broken = await start(sweep, { PWFF_BREAK: '1' }).ended;
    assert.equal(broken.status, 1, broken.stdout);
    assert.match(broken.stderr, /^pwff: base seed 1 failed: .*on purpose.*$/m);
    assert.match(broken.stderr, /\npwff: 2 failed; --retry does them again\n$/);
    assert.deepEqual(inOut('runs'), []);
    assert.ok(inOut('failures').some((name) => existsSync(join(out, 'failures', name, 'manifest.json'))));
    const still = await pwff(...sweep);
    assert.equal(still.status, 1, 'what failed is not done again unasked');
    assert.match(still.stdout, /: 0 of 2 done/);
    const mended = await pwff(...sweep, '--retry');
    assert.equal(mended.status, 0, mended.stderr);
    assert.equal(inOut('runs').length, 2);
    assert.deepEqual([inOut('failures'), inOut('claims'), inOut('unfinished')], [[], [], []]);
  });

  it('counts a run whose process dies as failed, and goes on with the others', async () => {
    const { child, ended } = start([...roundsOf(250, 2, 3), '--jobs', '1', '--out', out]);
    await until('a run is at work', () => atWork().length === 1);
    const [victim] = childrenOf(child.pid!);
    process.kill(victim!, 'SIGKILL');
    const { status, stderr } = await ended;
    assert.equal(status, 1, stderr);
    assert.equal(inOut('runs').length, 2, stderr);
    assert.match(
      stderr,
      /^pwff: maxRounds=250 seed 1 failed: its process was ended by SIGKILL; perhaps memory ran out: /,
    );
  });

  it('stops at Ctrl-C, leaves no half run and no claim that holds, and goes on', async () => {
    const sweep = roundsOf(250, 251, 2);
    const { child, ended } = start([...sweep, '--jobs', '2', '--out', out]);
    await until('two runs are at work', () => atWork().length === 2);
    // A terminal sends it to all processes of its group.
    for (const pid of [child.pid!, ...childrenOf(child.pid!)]) process.kill(pid, 'SIGINT');
    const { status, stdout, stderr } = await ended;
    assert.equal(status, 130, stderr);
    assert.match(stdout, /Stopping\. Ctrl-C again quits at once\.\n/);
    assert.match(stdout, /: 0 of 3 done, 3 left .*\n.*\nStopped\. The same command goes on\.\n$/);
    assert.deepEqual([inOut('runs'), inOut('unfinished'), inOut('failures')], [[], [], []]);
    const again = await pwff(...sweep, '--out', out, '--quiet');
    assert.equal(again.status, 0, again.stderr);
    assert.equal(inOut('runs').length, 3);
  });

  it('goes on after kill -9 in the middle: what was done stays, what was half done is the same run', async () => {
    const sweep = roundsOf(2, 250, 251);
    const { child, ended } = start([...sweep, '--jobs', '2', '--out', out]);
    await until(
      'one run is done, two are at work',
      () => inOut('runs').length === 1 && atWork().length === 2,
    );
    const children = childrenOf(child.pid!);
    child.kill('SIGKILL');
    await ended;
    await until('the processes of the runs have ended', () => !children.some(isThere));
    const [done = ''] = inOut('runs');
    assert.match(done, /^maxRounds-2-/);
    assert.equal(inOut('unfinished').length, 2, 'two were being written');
    const writtenAt = () => statSync(join(out, 'runs', done, 'summary.json')).mtimeMs;
    const before = writtenAt();
    const undisturbed = join(folder, 'undisturbed');
    const both = await Promise.all(
      [out, undisturbed].map((to) => pwff(...sweep, '--jobs', '2', '--out', to, '--quiet')),
    );
    assert.deepEqual(
      both.map(({ status, stderr }) => [status, stderr]),
      [
        [0, ''],
        [0, ''],
      ],
    );
    assert.equal(writtenAt(), before);
    assert.deepEqual([inOut('claims'), inOut('unfinished')], [[], []]);
    assert.equal(inOut('runs').length, 3);
    assert.deepEqual(hashes(), hashes(undisturbed));
  });

  it('is divided into shards, two of which give the same runs as one process, even where one is started twice', async () => {
    const ended = await Promise.all(
      ['1/2', '2/2', '2/2'].map((shard) => pwff(...four, '--jobs', '1', '--shard', shard, '--out', out)),
    );
    assert.deepEqual(
      ended.map(({ status, stderr }) => [status, stderr]),
      [
        [0, ''],
        [0, ''],
        [0, ''],
      ],
    );
    assert.equal(inOut('runs').length, 4);
    assert.deepEqual(hashes(), hashes(whole));
    assert.deepEqual([inOut('claims'), inOut('unfinished')], [[], []]);
  });

  it('does one shard alone, and leaves the other', async () => {
    const { status, stdout } = await pwff(...four, '--shard', '2/2', '--out', out);
    assert.equal(status, 0);
    assert.match(stdout, /: 2 of 4 done, 2 left /);
    assert.deepEqual(
      inOut('runs').map((name) => name.slice(0, -13)),
      ['meanSnrDb-0-seed-2', 'meanSnrDb-10-seed-2'],
    );
  });

  it('prints a job array for Slurm, whose elements do the study', async () => {
    const emit = ['--vary', 'model.path=null', '--out', 'my study', '--emit', 'slurm', '--tasks', '2'];
    const { status, stdout, stderr } = await pwff(...four, ...emit);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^#!\/bin\/bash\n(#SBATCH .*\n)+set -euo pipefail\n/);
    assert.match(stdout, /^#SBATCH --array=1-2$/m);
    assert.match(stdout, /^#SBATCH --cpus-per-task=1$/m);
    const script = join(folder, 'job.sh');
    writeFileSync(script, stdout);
    const jobs = ['1', '2'].map((task) => {
      const env = { ...process.env, SLURM_ARRAY_TASK_ID: task, PWFF: `${process.execPath} ${cli}` };
      const child = spawn('bash', [script], { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] });
      started.push(child);
      return endOf(child);
    });
    for (const job of await Promise.all(jobs)) assert.equal(job.status, 0, job.stderr);
    assert.equal(readdirSync(join(folder, 'my study', 'runs')).length, 4);
  });
});

async function endOf(child: ChildProcess): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  child.stdout!.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  await once(child, 'close');
  return { status: child.exitCode, ...said };
}

function childrenOf(pid: number): readonly number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout.trim().split(/\s+/).filter(Boolean).map(Number);
}

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}
