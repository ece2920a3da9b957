import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CellChoice } from './cell.js';
import { runInTurns } from './in-turns.js';
import { runInWindows } from './in-windows.js';

/*
 * Two cells in one process, and in a process each (docs/scale.md): `npm run cells [-- <clients> <rounds>]`.
 */

const [clients = 20, rounds = 10] = process.argv.slice(2).map(Number);
const root = mkdtempSync(join(tmpdir(), 'pwff-cells-'));
const choices = (name: string): CellChoice[] =>
  [0, 1].map((index) => ({ index, clients, rounds, folder: join(root, name) }));
try {
  const turns = await timed(() => runInTurns(choices('turns')));
  const windows = await timed(() => runInWindows(choices('windows')));
  console.log(`one process:   ${turns.seconds.toFixed(1)} s   ${turns.given.join(' ')}`);
  console.log(`two processes: ${windows.seconds.toFixed(1)} s   ${windows.given.hashes.join(' ')}`);
  console.log(`${windows.given.windows} windows, ${windows.given.messages} messages between the cells`);
  const areEqual = turns.given.every((hash, index) => hash === windows.given.hashes[index]);
  console.log(areEqual ? 'The traces are equal.' : 'The traces differ.');
  process.exitCode = areEqual ? 0 : 1;
} finally {
  rmSync(root, { recursive: true });
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly given: T; readonly seconds: number }> {
  const begun = performance.now();
  const given = await work();
  return { given, seconds: (performance.now() - begun) / 1e3 };
}
