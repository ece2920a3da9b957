import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { streamedLines } from '../src/text-lines.js';

describe('the lines of a text file', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pwff-lines-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function linesOf(bytes: string | Buffer): Promise<string[]> {
    const path = join(folder, 'lines.txt');
    writeFileSync(path, bytes);
    const all: string[] = [];
    for await (const lines of streamedLines(path, 'lines')) all.push(...lines);
    return all;
  }

  it('are whole where the pieces that are read end in a line, or in a character', async () => {
    // Lines of three bytes a character, and more than a mebibyte of them.
    const lines = Array.from({ length: 500 }, (_, index) => '→'.repeat(700 + index));
    assert.deepEqual(await linesOf(`${lines.join('\n')}\n`), lines);
  });

  it('are those that have an end: what stands behind the last one is left out', async () => {
    assert.deepEqual(await linesOf('a\n\nb\nc'), ['a', '', 'b']);
    assert.deepEqual(await linesOf(''), []);
  });

  it('are unpacked, and read without their byte-order mark', async () => {
    assert.deepEqual(await linesOf(gzipSync('a\nb\n')), ['a', 'b']);
    assert.deepEqual(await linesOf('\ufeffa\nb\n'), ['a', 'b']);
    assert.deepEqual(await linesOf(Buffer.from('\ufeffa\n', 'utf16le')), ['a']);
  });

  it('are refused of what is no file, is not there, or is a Git LFS pointer', async () => {
    const read = async (path: string) => {
      for await (const _ of streamedLines(path, 'a record'));
    };
    const path = join(folder, 'folder');
    mkdirSync(path);
    await assert.rejects(read(path), /folder: cannot be read \(is no file\), expected a record$/);
    await assert.rejects(read(join(folder, 'none')), /none: cannot be read \(ENOENT/);
    const pointer = join(folder, 'pointer');
    writeFileSync(pointer, 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n');
    await assert.rejects(read(pointer), /is a Git LFS pointer/);
  });
});
