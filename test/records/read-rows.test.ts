import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordFiles } from '../../src/records/folder.js';
import { readRows } from '../../src/records/read-rows.js';
import { messageLine, metricLine } from '../../src/records/row-text.js';
import type { MessageRow, MetricRow } from '../../src/records/rows.js';
import { messageRow } from './report/radio-rows.js';

const stepAt = (virtualSeconds: number): MetricRow => ({
  ...{ type: 'step', step: '1.3', actor: 'client-1', round: 1 },
  virtualSeconds,
});
const endedAt = (id: number, endedVirtualSeconds: number | null): MessageRow => ({
  ...messageRow({ id }),
  ...{ endedVirtualSeconds, outcome: endedVirtualSeconds === null ? 'in-flight' : 'delivered' },
});

describe('the rows in a folder', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pwff-rows-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function heard(metrics: readonly MetricRow[], messages: readonly MessageRow[]): Promise<string[]> {
    const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');
    writeFileSync(join(folder, recordFiles.metrics), lines(metrics.map(metricLine)));
    writeFileSync(join(folder, recordFiles.messages), lines(messages.map(messageLine)));
    const order: string[] = [];
    await readRows(folder, {
      metric: (row) => void order.push(`at ${'virtualSeconds' in row ? row.virtualSeconds : '?'}`),
      message: ({ id }) => void order.push(`message ${id}`),
    });
    return order;
  }

  it('are heard in the order of time, each file in its own, of equal times metrics first', async () => {
    const order = await heard(
      [stepAt(0), stepAt(2), stepAt(4)],
      [endedAt(1, 1), endedAt(2, 2), endedAt(3, 5)],
    );
    assert.deepEqual(order, ['at 0', 'message 1', 'at 2', 'message 2', 'at 4', 'message 3']);
  });

  it('are all heard where one file is longer, and a message under way last', async () => {
    assert.deepEqual(await heard([], [endedAt(2, 1), endedAt(1, null)]), ['message 2', 'message 1']);
    assert.deepEqual(await heard([stepAt(3), stepAt(9)], [endedAt(1, null)]), ['at 3', 'at 9', 'message 1']);
    assert.deepEqual(await heard([stepAt(3)], []), ['at 3']);
    assert.deepEqual(await heard([], []), []);
  });
});
