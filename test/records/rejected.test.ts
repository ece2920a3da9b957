import assert from 'node:assert/strict';
import { resultsText } from '../../src/cli/results.js';
import { rejectedUpdates } from '../../src/records/rejected.js';
import { page } from '../../src/records/report/page.js';
import type { CheckName } from '../../src/records/fate.js';
import type { MessageRow } from '../../src/records/rows.js';
import { madeUpRun } from './report/made-up-run.js';

const run = madeUpRun(3);
const heading = 'Updates that the server rejected';

/** The run with these fates for the first uploads of a client. */
function rejecting(client: string, fates: readonly (readonly [CheckName, string])[]): MessageRow[] {
  const left = [...fates];
  return run.messages.map((row) => {
    const [fate] = row.from === client ? left.splice(0, 1) : [];
    if (!fate) return row;
    return { ...row, aggregatedIn: null, leftOut: `rejected: ${fate[0]}`, why: fate[1] };
  });
}

const messages = rejecting('client-2', [
  ['norm', 'far'],
  ['finite', 'NaN here'],
  ['finite', 'NaN there'],
]);
const rejected = rejectedUpdates(messages);

describe('updates that the server rejected', () => {
  it('are counted by client and check, with the words on the first', () => {
    assert.deepEqual(rejected, [
      { client: 'client-2', check: 'finite', updates: 2, why: 'NaN here' },
      { client: 'client-2', check: 'norm', updates: 1, why: 'far' },
    ]);
    assert.deepEqual(rejectedUpdates(run.messages), []);
  });

  it('have a line each in the table of the command, and none where there are none', () => {
    const text = (rows: typeof rejected) =>
      resultsText({ ...run.summary, rejected: rows }, (_, written) => written, 200);
    assert.match(text(rejected), /^Rejected: 2 updates of client-2 \(finite\), the first: NaN here$/m);
    assert.match(text(rejected), /^Rejected: 1 update of client-2 \(norm\): far$/m);
    assert.doesNotMatch(text([]), /Rejected/);
  });

  it('have a card in the report, and none where there are none', async () => {
    const shown = await page({ ...run, messages, summary: { ...run.summary, rejected } });
    assert.ok(shown.includes(heading));
    assert.match(shown, /<td[^>]*>a value of it is not finite<\/td>\s*<td[^>]*>NaN here<\/td>/);
    assert.match(shown, /rejected: finite 2, rejected: norm 1/);
    assert.ok(!(await page(run)).includes(heading));
  });
});
