import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCell, type CellChoice } from '../../studies/cells/cell.js';
import { runInTurns } from '../../studies/cells/in-turns.js';
import { runInWindows } from '../../studies/cells/in-windows.js';

describe('two cells that hear each other', () => {
  const root = mkdtempSync(join(tmpdir(), 'pwff-cells-'));
  after(() => rmSync(root, { recursive: true }));
  const choices = (name: string): CellChoice[] =>
    [0, 1].map((index) => ({ index, clients: 3, rounds: 2, folder: join(root, name) }));

  it('leave the same traces in two processes, side by side, as in one, event after event', async () => {
    const turns = await runInTurns(choices('turns'));
    const windows = await runInWindows(choices('windows'));
    assert.deepEqual(windows.hashes, turns);
    assert.equal(windows.messages, 12, 'one for each version of each cell');
    assert.ok(windows.windows > 10);
  }).timeout(60_000);

  it('have other traces where they do not: the messages between them matter', async () => {
    const coupled = await runInTurns(choices('coupled'));
    for (const choice of choices('alone')) {
      const cell = await openCell(choice, () => undefined);
      assert.notEqual(await cell.run(() => Promise.resolve()), coupled[choice.index]);
    }
  });

  it('refuse a message from their past', async () => {
    const cell = await openCell(choices('late')[0]!, () => undefined);
    let told = false;
    await cell.run((due) => {
      if (due === 0 || told) return Promise.resolve();
      told = true;
      const noise = { from: 1, arrivesAtMicroseconds: -1, joules: 1 };
      assert.throws(() => cell.hear(noise), /comes \d+ µs too late/);
      return Promise.resolve();
    });
    assert.ok(told);
  });
});
