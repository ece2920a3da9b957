import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Claims, claimTimes } from '../../src/study/claims.js';

const claimant = fileURLToPath(new URL('./claimant.js', import.meta.url));

describe('claims on the runs of a study', () => {
  let folder = '';
  let claims: Claims;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pwff-claims-'));
    claims = new Claims(folder);
  });
  afterEach(() => {
    claims.close();
    rmSync(folder, { recursive: true });
  });

  /** The first claim on run "a", of a process on another machine, written so many seconds ago. */
  function claimElsewhere(
    secondsAgo: number,
    text = JSON.stringify({ pid: 1, started: '1', host: 'elsewhere' }),
  ) {
    const path = join(folder, 'a.1');
    writeFileSync(path, text);
    const then = Date.now() / 1e3 - secondsAgo;
    utimesSync(path, then, then);
  }

  it('are had by one at a time', () => {
    const first = claims.take('a');
    assert.ok(first);
    assert.equal(claims.take('a'), null);
    assert.ok(claims.take('b'), 'another run is free');
    first.giveUp();
    const second = claims.take('a');
    assert.equal(second?.number, 2);
    assert.ok(second.isHeld());
    assert.equal(first.isHeld(), false);
  });

  it('are touched again and again as long as they are held, and not when given up', async () => {
    const lively = new Claims(join(folder, 'lively'), { staleSeconds: 120, touchSeconds: 0.02 });
    const path = join(folder, 'lively', 'a.1');
    const claim = lively.take('a')!;
    utimesSync(path, 1, 1);
    while (statSync(path).mtimeMs === 1000) await sleep(5);
    claim.giveUp();
    utimesSync(path, 1, 1);
    await sleep(100);
    assert.equal(statSync(path).mtimeMs, 1000);
    lively.close();
  });

  it('leave nothing once their run is done', () => {
    claims.take('a')!.giveUp();
    claims.take('a')!.remove();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('of another machine are taken over when nobody has touched them for the stated time, and not before', () => {
    claimElsewhere(claimTimes.staleSeconds - 20);
    assert.equal(claims.take('a'), null);
    claimElsewhere(claimTimes.staleSeconds + 20);
    assert.equal(claims.take('a')?.number, 2);
  });

  it('of a process of this machine that is gone are taken over at once', () => {
    // There is a process of this number, but it began at another time.
    claimElsewhere(0, JSON.stringify({ pid: 1, started: 'never', host: hostname() }));
    assert.equal(claims.take('a')?.number, 2);
  });

  it('whose process was killed while it wrote are taken over when they are old', () => {
    claimElsewhere(0, '');
    assert.equal(claims.take('a'), null);
    claimElsewhere(claimTimes.staleSeconds + 20, '{"pid"');
    assert.equal(claims.take('a')?.number, 2);
  });

  it('are lost by whoever slept until another one took over', () => {
    const slept = claims.take('a')!;
    const then = Date.now() / 1e3 - claimTimes.staleSeconds - 20;
    const text = readFileSync(join(folder, 'a.1'), 'utf8');
    writeFileSync(join(folder, 'a.1'), text.replace(hostname(), 'elsewhere'));
    utimesSync(join(folder, 'a.1'), then, then);
    const taker = claims.take('a')!;
    assert.equal(slept.isHeld(), false);
    slept.giveUp();
    assert.ok(taker.isHeld(), 'what the late one gives up is not the taker’s');
    assert.equal(claims.take('a'), null);
  });

  it('that are stale are taken over by exactly one of many processes, each time anew', async function () {
    this.timeout(60_000);
    const runs = Array.from({ length: 60 }, (_, index) => `run-${index}`);
    const then = Date.now() / 1e3 - claimTimes.staleSeconds - 20;
    for (const id of runs) {
      writeFileSync(join(folder, `${id}.1`), JSON.stringify({ pid: 1, started: '1', host: 'elsewhere' }));
      utimesSync(join(folder, `${id}.1`), then, then);
    }
    const processes = Array.from({ length: 4 }, () =>
      spawn(process.execPath, [claimant, folder, ...runs], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const said = processes.map(() => '');
    processes.forEach((each, index) =>
      each.stdout.on('data', (chunk: Buffer) => (said[index] += chunk.toString())),
    );
    await Promise.all(processes.map((each) => once(each.stdout, 'data')));
    // All of them are there: now they begin, and hold what they have until the last is through.
    for (const each of processes) each.stdin.write('go\n');
    while (!said.every((text) => text.endsWith('through\n'))) {
      await Promise.race(processes.map((each) => once(each.stdout, 'data')));
    }
    for (const each of processes) each.stdin.end();
    await Promise.all(processes.map((each) => once(each, 'close')));
    const won = said.flatMap((text) => text.split('\n').filter((word) => word.startsWith('run-')));
    assert.deepEqual(won.sort(), [...runs].sort());
  });
});
