import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../../src/errors.js';
import { enteredStates, machinesSection } from '../../../src/records/report/machines.js';

const actor = (name: string, machine: string, state: string) => ({
  ...{ type: 'actor', virtualSeconds: 0, actor: name, machine, parent: 'simulation', state },
});
const event = (before: string, ...states: readonly string[]) => ({
  ...{
    type: 'event',
    virtualSeconds: 1,
    actor: 'client-1',
    event: 'an.event',
    cause: { by: 'timer' },
    before,
  },
  state: states.at(-1),
  microsteps: states.map((state, index) => ({ transitions: [`${before}||${index}`], state })),
});

const rows = [
  actor('client-1', 'client', 'waiting'),
  actor('server', 'server', 'beginning'),
  event('waiting', 'receiving', 'routing', 'instructionTuning.tuning'),
  event('instructionTuning.tuning', 'waiting'),
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
    await assert.rejects(enteredStates(folder), /inspection\.jsonl:2: is not JSON/);
  });

  for (const [what, row, words] of [
    ['a row of another form', { ...event('waiting', 'receiving'), microsteps: 7 }, /:2: is no row/],
    ['null', null, /:2: is no row/],
    [
      'an actor that is not there',
      event('waiting', 'receiving'),
      /:2: is of an actor that no row before it has/,
    ],
  ] as const) {
    it(`refuse a file with ${what}`, async () => {
      const lines = [actor('server', 'server', 'beginning'), row].map((each) => JSON.stringify(each));
      writeFileSync(join(folder, 'inspection.jsonl'), `${lines.join('\n')}\n`);
      await assert.rejects(
        enteredStates(folder),
        (error) => error instanceof UserError && words.test(error.message),
      );
    });
  }
});
