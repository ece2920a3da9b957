import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.js';
import { checkFolder, openFolder } from '../../src/records/folder.js';
import { lockFile, lockFolder } from '../../src/records/run-lock.js';

describe('the lock of a run’s folder', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-lock-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const locked = (owner: object | string) =>
    writeFileSync(join(folder, lockFile), typeof owner === 'string' ? owner : JSON.stringify(owner));
  const own = () => JSON.parse(readFileSync(join(folder, lockFile), 'utf8')) as { pid: number };

  it('is held by one run at a time, of this process too, and given back', () => {
    const first = lockFolder(folder);
    assert.throws(
      () => lockFolder(folder),
      /a run is writing here \(process \d+\), expected a folder of its own/,
    );
    first.release();
    assert.deepEqual(readdirSync(folder), []);
    lockFolder(folder).release();
  });

  it('is taken over from a process that has ended', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    locked({ pid, started: null, host: hostname() });
    lockFolder(folder);
    assert.equal(own().pid, process.pid);
    assert.deepEqual(readdirSync(folder), [lockFile]);
  });

  it('is taken over where the process’s number was given to another', function () {
    if (!existsSync('/proc/self/stat')) {
      console.log('      skipped: this system has no /proc to tell when a process began');
      this.skip();
    }
    locked({ pid: process.pid, started: '1', host: hostname() });
    lockFolder(folder);
  });

  it('is taken over where its process was killed while it wrote it', () => {
    locked('{"pid":');
    lockFolder(folder);
    assert.equal(own().pid, process.pid);
  });

  it('of another machine is respected, and the way out is said', () => {
    locked({ pid: 1, started: null, host: 'elsewhere' });
    assert.throws(() => lockFolder(folder), {
      name: 'UserError',
      message: /process 1 on elsewhere\).*or remove its run\.lock if that run is over$/,
    });
  });

  it('is released by its owner only', () => {
    const lock = lockFolder(folder);
    locked({ pid: 1, started: null, host: 'elsewhere' });
    lock.release();
    assert.ok(existsSync(join(folder, lockFile)));
  });

  it('makes a folder known as a run’s from its first file on', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(join(folder, 'metrics.jsonl'), '');
    assert.throws(() => checkFolder(folder), UserError);
    locked({ pid, started: null, host: hostname() });
    checkFolder(folder);
    openFolder(folder).release();
    assert.deepEqual(readdirSync(folder), []);
  });
});
