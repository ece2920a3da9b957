import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enteredStates, machinesSection } from '../../../src/records/report/machines.js';

const rows = [
  { type: 'actor', actor: 'client-1', machine: 'client', state: 'waiting' },
  { type: 'actor', actor: 'server', machine: 'server', state: 'beginning' },
  {
    type: 'event',
    actor: 'client-1',
    microsteps: [
      { transitions: ['waiting||0'], state: 'receiving' },
      { transitions: ['receiving||1'], state: 'routing' },
      { transitions: ['routing||2'], state: 'instructionTuning.tuning' },
    ],
  },
  { type: 'event', actor: 'client-1', microsteps: [{ transitions: ['x'], state: 'waiting' }] },
];

describe('the state machines in the report', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-machines-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('count how often each state was entered, the first one too, and pale what never was', async () => {
    const lines = rows.map((row) => JSON.stringify(row)).join('\n');
    // A killed run may have left its last line unfinished.
    writeFileSync(join(folder, 'inspection.jsonl'), `${lines}\n{"type":"ev`);
    const entered = await enteredStates(folder);
    assert.deepEqual(Object.fromEntries(entered!.client), {
      waiting: 2,
      receiving: 1,
      routing: 1,
      'instructionTuning.tuning': 1,
    });
    const { text } = machinesSection(entered)!;
    assert.match(
      text,
      /<g [^>]*data-state="waiting"><title>[^<]*<\/title><rect [^>]*\/><text class="count"[^>]*>2×</,
    );
    assert.match(text, /<g [^>]*class="never [^>]*data-state="step-3-3">/);
    assert.equal(text.match(/<details/g)?.length, 3);
  });

  it('are not there where the run was not inspected', async () => {
    assert.equal(await enteredStates(folder), null);
    assert.equal(machinesSection(null), null);
  });

  it('refuse a file with a broken line inside', async () => {
    writeFileSync(
      join(folder, 'inspection.jsonl'),
      `${JSON.stringify(rows[0])}\nnonsense\n${JSON.stringify(rows[1])}\n`,
    );
    await assert.rejects(enteredStates(folder), /inspection\.jsonl:2: is no JSON/);
  });
});
