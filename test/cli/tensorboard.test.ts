import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.js';
import { scalars } from '../../src/records/export/scalars.js';
import { needsNative } from '../backend.js';
import { madeUpRun } from '../records/report/made-up-run.js';
import { scalarsIn } from './event-file.js';
import { writeMadeUpRun } from './written-run.js';

/* In a process of its own, as a user runs it: the library would become the backend of this one. */
describe('an export for TensorBoard', () => {
  let folder = '';
  let run = '';
  before(function () {
    needsNative(this);
    folder = mkdtempSync(join(tmpdir(), 'pwff-board-'));
    run = join(folder, 'run');
    writeMadeUpRun(run);
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  function exported(board: string) {
    const cli = join(packageRoot(), 'dist/src/cli.js');
    const { status, stderr } = spawnSync(process.execPath, [cli, 'export', run, '--tensorboard', board], {
      encoding: 'utf8',
    });
    return { status, stderr };
  }

  it('has every figure of the records once, in a folder for each actor', () => {
    const board = join(folder, 'board');
    assert.deepEqual(exported(board), { status: 0, stderr: '' });
    const read = readdirSync(board).flatMap((actor) =>
      readdirSync(join(board, actor)).flatMap((file) =>
        scalarsIn(join(board, actor, file)).map((each) => ({ actor, ...each })),
      ),
    );
    const expected = scalars(madeUpRun(3).metrics).map((each) => ({
      ...each,
      value: Math.fround(each.value),
    }));
    assert.ok(expected.length > 100);
    assert.deepEqual(sorted(read), sorted(expected));
  });

  it('is refused where an earlier one is, or where a file is in its place', () => {
    const twice = join(folder, 'twice');
    assert.equal(exported(twice).status, 0);
    const again = exported(twice);
    assert.equal(again.status, 2);
    assert.match(again.stderr, /^--tensorboard: [^\n]*twice holds something already, expected [^\n]*\n$/);

    const file = join(folder, 'file');
    writeFileSync(file, '');
    const onFile = exported(file);
    assert.equal(onFile.status, 2);
    assert.match(onFile.stderr, /^--tensorboard: [^\n]*file cannot be written [^\n]*\n$/);
  });
});

function sorted<T extends { readonly actor: string; readonly tag: string; readonly step: number }>(all: T[]) {
  const key = ({ actor, tag, step }: T) => `${actor} ${tag} ${String(step).padStart(4, '0')}`;
  return all.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
