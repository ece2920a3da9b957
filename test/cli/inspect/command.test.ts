import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect';
import { packageRoot } from '../../../src/paths.js';

const cli = join(packageRoot(), 'dist/src/cli.js');
const stub = ['run', 'tiny', '--set', 'learning=stub'];

describe('pwff run --inspect', function () {
  this.timeout(60_000);
  const out = mkdtempSync(join(tmpdir(), 'pwff-inspected-'));
  after(() => rmSync(out, { recursive: true, force: true }));

  const refused = (...args: string[]) => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [cli, ...stub, '--out', join(out, 'no'), ...args],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(status, 2, stderr);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
    return stderr;
  };

  /** The run's process, and the address that it prints. */
  async function started(...args: string[]) {
    const child = spawn(process.execPath, [cli, ...stub, '--out', join(out, 'run'), ...args]);
    let text = '';
    const address = new Promise<string>((resolve) => {
      const hear = (chunk: Buffer) => {
        text += String(chunk);
        const [, found] = /Inspector: (ws:\S+)\n/.exec(text) ?? [];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
    });
    return { child, exit: once(child, 'exit'), address: await address };
  }

  it('waits for an inspector if it is told to, shows it the whole run, and ends by itself', async () => {
    const { exit, address } = await started('--inspect-wait', '--json');
    const frames: StatelyInspectionEvent[] = [];
    createWebSocketReceiver({ server: address }).subscribe((frame) => void frames.push(frame));
    assert.deepEqual(await exit, [0, null]);
    const simulation = frames.find((frame) => frame.type === '@xstate.actor' && frame.name === 'simulation')!;
    assert.ok(simulation.type === '@xstate.actor');
    assert.deepEqual([simulation.snapshot.value, simulation.parentId], ['running', undefined]);
    const last = frames.findLast(({ type }) => type === '@xstate.snapshot')!;
    assert.equal(last.sessionId, simulation.sessionId);
  });

  it('ends by itself where nobody attaches', async () => {
    const { exit } = await started('--inspect');
    assert.deepEqual(await exit, [0, null]);
  });

  it('ends with Ctrl-C while it waits, and has written nothing', async () => {
    const folder = join(out, 'waiting');
    const { child, exit } = await started('--inspect-wait', '--out', folder);
    child.kill('SIGINT');
    assert.deepEqual(await exit, [130, null]);
    assert.ok(!existsSync(folder));
  });

  it('is refused in one line with a port, an origin or beside an option that cannot be', () => {
    assert.match(refused('--inspect', 'x'), /^--inspect: is "x", expected a whole number/);
    assert.match(refused('--inspect', '70000'), /^--inspect: is 70000, .* expected a free port/);
    assert.match(
      refused('--inspect-origin', 'stately.ai'),
      /^--inspect-origin: is "stately.ai", expected an origin/,
    );
    assert.match(refused('--inspect', '--quiet'), /stands beside/);
    assert.match(
      refused('--inspection', 'some'),
      /^--inspection: is "some", expected one of "all", "thin", "none"/,
    );
  });
});
