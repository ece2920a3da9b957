import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRun } from '../../src/records/read.js';
import type { Summary } from '../../src/records/summary.js';
import { packageRoot } from '../../src/paths.js';

/*
 * The real command among signals, pipes, disks and other runs. Each run is the tiny scenario with one round
 * per stage.
 */

const cli = join(packageRoot(), 'dist/src/cli.js');
const short = ['instruction', 'reward', 'alignment'].flatMap((stage) => ['--set', `${stage}.maxRounds=1`]);
const run = (out: string) => ['run', 'tiny', '--backend', 'wasm', '--workers', '1', ...short, '--out', out];

describe('the command on a real system', function () {
  this.timeout(180_000);
  let folder = '';
  let out = '';
  /** A run that has finished, to be copied. */
  let finished = '';
  const started: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pwff-real-'));
    out = join(folder, 'run');
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  before(function () {
    if (process.platform === 'win32') {
      console.log('      skipped: signals and pipes are a POSIX shell’s here');
      this.skip();
    }
    finished = mkdtempSync(join(tmpdir(), 'pwff-finished-'));
    const { status, stderr } = pwff([...run(finished), '--quiet']);
    assert.equal(status, 0, stderr);
  });
  after(() => rmSync(finished, { recursive: true, force: true }));

  function pwff(args: readonly string[], options: { uid?: number } = {}) {
    return spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', cwd: tmpdir(), ...options });
  }

  /** Runs a line of a shell; `$PWFF` is the command. */
  function shell(line: string) {
    const env = { ...process.env, PWFF: `${process.execPath} ${cli}` };
    return spawnSync('bash', ['-o', 'pipefail', '-c', line], { encoding: 'utf8', cwd: folder, env });
  }

  function start(args: readonly string[]) {
    const child = spawn(process.execPath, [cli, ...args], { cwd: folder });
    started.push(child);
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    return { child, said, ended: once(child, 'close') };
  }

  /** Whether a process catches SIGHUP, signal 1: the lowest bit of its mask (proc(5)). */
  function listensForHangUp(pid: number): boolean {
    const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    return Number.parseInt(mask.slice(-1), 16) % 2 === 1;
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await sleep(20);
  }

  it('leaves a finished run as it is where the next one is refused', () => {
    cpSync(finished, out, { recursive: true });
    const files = () => readdirSync(out).map((name) => [name, statSync(join(out, name)).mtimeMs]);
    const before = files();
    const refused = pwff([...run(out), '--model', join(folder, 'none')]);
    assert.equal(refused.status, 2);
    assert.equal(refused.stderr.trim().split('\n').length, 1);
    assert.deepEqual(files(), before);
  });

  it('makes a partial report of a run that was killed, and runs again in its folder', async () => {
    const { child, ended } = start(run(out));
    await until(() => existsSync(join(out, 'manifest.json')));
    child.kill('SIGKILL');
    await ended;
    assert.equal(pwff(['report', out]).status, 0);
    assert.match(readFileSync(join(out, 'report.html'), 'utf8'), /Partial: there is no summary\.json/);
    assert.equal(pwff([...run(out), '--quiet']).status, 0);
    assert.ok(!existsSync(join(out, 'run.lock')));
    assert.equal((await readRun(out)).summary.ended.reason, 'finished');
  });

  it('refuses a second run in the folder of one that goes on', async () => {
    const first = start([...run(out), '--quiet']);
    await until(() => existsSync(join(out, 'run.lock')));
    const second = pwff(run(out));
    assert.equal(second.status, 2);
    const expected = new RegExp(
      `^${out}: a run is writing here \\(process ${first.child.pid}\\), [^\\n]*\\n$`,
    );
    assert.match(second.stderr, expected);
    assert.deepEqual(await first.ended, [0, null]);
    assert.equal((await readRun(out)).summary.ended.reason, 'finished');
  });

  it('prints and writes the summary where parameters and report find no room, and ends with 1', () => {
    const line = `ulimit -f 100; $PWFF ${run(out).join(' ')} --json`;
    const { status, stdout, stderr } = shell(line);
    assert.equal(status, 1);
    const summary = JSON.parse(stdout) as Summary;
    assert.equal(summary.ended.reason, 'finished');
    assert.deepEqual(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')), summary);
    assert.match(stderr, /client-1\.safetensors is not written \(EFBIG/);
    assert.match(stderr, /report\.html is not written \(EFBIG/);
    const params = readdirSync(join(out, 'params'));
    assert.ok(params.includes('global.safetensors'), params.join());
    assert.ok(!params.some((name) => /^client-\d\.safetensors|new$/.test(name)), params.join());
  });

  it('says of the manifest, too, that it finds no room', () => {
    const { status, stdout } = shell(`ulimit -f 2; $PWFF ${run(out).join(' ')} --json`);
    assert.equal(status, 1);
    const { ended } = JSON.parse(stdout) as Summary;
    assert.ok(ended.reason === 'failed');
    assert.match(ended.cause, /manifest\.json: cannot be written \(EFBIG/);
  });

  it('keeps whole rows where the rows themselves find no room', async () => {
    const { status, stdout } = shell(`ulimit -f 16; $PWFF ${run(out).join(' ')} --json --no-journal`);
    assert.equal(status, 1);
    const { ended } = JSON.parse(stdout) as Summary;
    assert.ok(ended.reason === 'failed');
    assert.match(ended.cause, /(messages|metrics|inspection)\.jsonl: cannot be written \(EFBIG/);
    const { messages, metrics } = await readRun(out);
    assert.ok(messages.length > 0 && metrics.length > 0);
    for (const name of ['messages.jsonl', 'metrics.jsonl', 'inspection.jsonl']) {
      assert.match(readFileSync(join(out, name), 'utf8'), /\}\n$/);
    }
  });

  it('ends as failed where the journal finds no room, and goes on once there is', async () => {
    const { status, stdout, stderr } = shell(`ulimit -f 16; $PWFF ${run(out).join(' ')} --json`);
    assert.equal(status, 1);
    const { ended } = JSON.parse(stdout) as Summary;
    assert.ok(ended.reason === 'failed');
    assert.match(ended.cause, /\/journal\/\w+: cannot be written \(EFBIG: [^:]*\)$/);
    assert.match(stderr, /\nTo go on with it: pwff run --resume /);
    assert.equal(pwff(['run', '--resume', out, '--quiet']).status, 0);
    const { traceHash } = (await readRun(finished)).summary;
    assert.equal((await readRun(out)).summary.traceHash, traceHash);
  });

  for (const [line, code] of [
    [`$PWFF ${run('piped').join(' ')} | head -1`, 0],
    ['$PWFF validate tiny | true', 0],
    ['$PWFF doctor | head -1', 0],
    ['$PWFF run nothing 2>&1 | true', 2],
  ] as const) {
    it(`outlives its reader: ${line.split(' ').slice(1, 3).join(' ')} … ${line.split('|').at(-1)}`, () => {
      const { status, stderr } = shell(line);
      assert.deepEqual([status, stderr], [code, '']);
      if (line.includes('piped')) assert.ok(existsSync(join(folder, 'piped/report.html')));
    });
  }

  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`takes ${signal} as Ctrl-C: the run ends in order, with ${code}`, async () => {
      const { child, said, ended } = start([...run(out), '--set', 'instruction.maxRounds=200']);
      await until(() => said.out.includes('instruction tuning 1/'));
      child.kill(signal);
      assert.deepEqual(await ended, [code, null]);
      assert.match(said.err, /^pwff: interrupted\. Kept in .*summary\.json/);
      assert.equal((await readRun(out)).summary.ended.reason, 'interrupted');
      assert.ok(existsSync(join(out, 'report.html')));
    });
  }

  it('leaves everything as it was where a signal comes before the run begins', async function () {
    if (!existsSync('/proc/self/status')) {
      console.log('      skipped: this system has no /proc to tell when a process listens for a signal');
      this.skip();
    }
    cpSync(finished, out, { recursive: true });
    const { child, said, ended } = start(run(out));
    await until(() => listensForHangUp(child.pid!));
    child.kill('SIGHUP');
    assert.deepEqual(await ended, [129, null]);
    assert.equal(said.err, 'pwff: interrupted before the run began. Nothing was written.\n');
    assert.equal((await readRun(out)).summary.ended.reason, 'finished');
  });

  it('says in one line that a folder is another user’s, and ends with 2', function () {
    const nobody = 65534;
    const isRoot = process.getuid?.() === 0;
    if (isRoot && !readableBy(nobody)) {
      console.log('      skipped: the tests run as root, and another user cannot read this checkout');
      this.skip();
    }
    cpSync(finished, out, { recursive: true });
    chmodSync(folder, 0o755);
    chmodSync(out, isRoot ? 0o755 : 0o555);
    const as = isRoot ? { uid: nobody } : {};
    for (const args of [run(out), ['report', out]]) {
      const { status, stderr } = pwff(args, as);
      assert.equal(status, 2);
      assert.match(stderr, /^[^\n]+: cannot be written \(EACCES: [^\n]+, expected [^\n]+\n$/);
    }
    chmodSync(out, 0o755);
  });

  function readableBy(uid: number): boolean {
    return pwff(['--version'], { uid }).status === 0;
  }
});
