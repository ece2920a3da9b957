import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { openRecordedRun } from '../../../src/inspect/run-view.js';
import { readRun, UserError } from '../../../src/index.js';
import { packageRoot } from '../../../src/paths.js';

const cli = join(packageRoot(), 'dist/src/cli.js');
const stub = ['run', 'tiny', '--set', 'learning=stub'];

describe('pwff inspect and pwff run --ui', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'pwff-page-'));
  const recorded = join(folder, 'recorded');
  const started: ChildProcess[] = [];
  before(() => {
    const { status, stderr } = pwff(...stub, '--quiet', '--out', recorded);
    assert.equal(status, 0, stderr);
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function pwff(...args: string[]) {
    return spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', timeout: 30_000 });
  }

  const refused = (...args: string[]) => {
    const { status, stderr } = pwff(...args);
    assert.equal(status, 2, stderr);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
    return stderr;
  };

  /** A command with a page, the address that it prints, and what it says. */
  async function opened(...args: string[]) {
    const child = spawn(process.execPath, [cli, ...args]);
    started.push(child);
    const exit = once(child, 'exit');
    let said = '';
    const address = await new Promise<string>((resolve, reject) => {
      const hear = (chunk: Buffer) => {
        said += String(chunk);
        const [, found] = /Page: (http:\S+)\n/.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      void exit.then(() => reject(new Error(`it ended without a page: ${said}`)));
    });
    return { child, exit, address, said: () => said };
  }

  async function attached(address: string): Promise<WebSocket> {
    const { origin } = new URL(address);
    const socket = new WebSocket(`${address.replace('http', 'ws')}live`, { origin });
    await once(socket, 'open');
    return socket;
  }

  it('serves a recorded run until Ctrl-C, at an address of this machine with a token', async () => {
    const { child, exit, address } = await opened('inspect', recorded);
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/[A-Za-z0-9_-]{32}\/$/);
    const run = (await (await fetch(`${address}api/run`)).json()) as { readonly scenario: string };
    assert.equal(run.scenario, 'tiny');
    child.kill('SIGINT');
    assert.deepEqual(await exit, [0, null]);
  });

  it('has another token each time', async () => {
    const tokens = await Promise.all([opened('inspect', recorded), opened('inspect', recorded)]);
    assert.notEqual(...(tokens.map(({ address }) => new URL(address).pathname) as [string, string]));
  });

  it('ends a run that waits for its page with Ctrl-C, and keeps what there is', async () => {
    const out = join(folder, 'waiting');
    const { child, exit, address } = await opened(...stub, '--out', out, '--ui', '--paused');
    const socket = await attached(address);
    child.kill('SIGINT');
    assert.deepEqual(await exit, [130, null]);
    assert.deepEqual((await readRun(out)).summary.ended, { reason: 'interrupted' });
    socket.terminate();
  });

  it('ends a run that somebody has paused in its midst with Ctrl-C', async () => {
    const out = join(folder, 'paused');
    const { child, exit, address } = await opened(...stub, '--out', out, '--paused');
    const socket = await attached(address);
    for (const command of [{ do: 'step', by: 'round' }, { do: 'pause' }]) {
      socket.send(JSON.stringify(command));
      await once(socket, 'message');
    }
    child.kill('SIGINT');
    assert.deepEqual(await exit, [130, null]);
    socket.terminate();
  });

  it('ends a run by itself where nobody looks, with the trace hash of one without a page', async () => {
    const out = join(folder, 'alone');
    const { exit } = await opened(...stub, '--out', out, '--ui');
    assert.deepEqual(await exit, [0, null]);
    assert.equal((await readRun(out)).summary.traceHash, (await readRun(recorded)).summary.traceHash);
  });

  it('prints nothing but the summary to standard output with --json', () => {
    const { status, stdout, stderr } = pwff(...stub, '--json', '--ui', '--out', join(folder, 'json'));
    assert.equal(status, 0, stderr);
    assert.equal((JSON.parse(stdout) as { readonly scenario: string }).scenario, 'tiny');
    assert.match(stderr, /Page: http/);
  });

  it('is refused in one line where it cannot be', async () => {
    const thin = join(folder, 'none');
    assert.equal(pwff(...stub, '--quiet', '--inspection', 'none', '--out', thin).status, 0);
    assert.match(refused('inspect', thin), /inspection\.jsonl: is not there, expected .*--inspection/);
    assert.match(refused('inspect', join(folder, 'nowhere')), /manifest\.json/);
    assert.match(
      refused('inspect', recorded, recorded, recorded),
      /3 folders are named, expected one, or two/,
    );
    assert.match(refused('inspect', recorded, '--port', 'x'), /--port: is "x", expected a whole number/);
    assert.match(refused('inspect', recorded, '--port', '70000'), /70000/);
    assert.match(refused(...stub, '--ui', 'x'), /--ui: is "x", expected a whole number/);

    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { readonly port: number };
    assert.match(
      refused('inspect', recorded, '--port', String(port)),
      new RegExp(`port ${port}: .*EADDRINUSE`),
    );
    const out = join(folder, 'unused');
    assert.match(refused(...stub, '--out', out, '--ui', String(port)), /EADDRINUSE/);
    assert.ok(!existsSync(out));
    other.close();
  });

  it('passes over a last line that a killed run left unfinished, and names one in the midst', async () => {
    const killed = join(folder, 'killed');
    assert.equal(pwff(...stub, '--quiet', '--out', killed).status, 0);
    const { view: whole, indexing: all } = await openRecordedRun(killed);
    await all;
    const file = join(killed, 'inspection.jsonl');
    appendFileSync(file, '{"type":"event","virtualSec');
    const { view, indexing } = await openRecordedRun(killed);
    await indexing;
    assert.equal(view.events.count, whole.events.count);
    assert.equal(view.indexed, 1);
    appendFileSync(file, '\n{}\n');
    const broken = await openRecordedRun(killed);
    await assert.rejects(
      broken.indexing,
      (error) => error instanceof UserError && /jsonl:\d+: /.test(error.message),
    );
  });
});
