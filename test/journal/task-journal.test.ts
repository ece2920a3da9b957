import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '../../src/journal/identity.js';
import { TaskJournal } from '../../src/journal/task-journal.js';
import { paramSet } from '../../src/learning/params/param-set.js';
import type { TaskResult } from '../../src/learning/training/task.js';
import { stream } from '../../src/simulation/random/stream.js';

const identity: Identity = {
  format: 'pwff-journal-1',
  ...{ code: 'of this test', backend: 'none', version: '1', cpuFeatures: [], nodeMajor: 20 },
};

/** What task number `n` gave. */
const resultOf = (n: number): TaskResult => ({
  output: { tuned: { lora: paramSet('lora', [{ name: 'a', shape: [2], values: [n, n / 3] }]) } },
  metrics: { loss: n / 7, validationLoss: null },
});

const keys = [1, 2, 3];

describe('the journal of finished tasks', () => {
  let root = '';
  const at = (name: string) => join(root, name);
  const open = (name: string, by = identity) => new TaskJournal(at(name), by);
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'pwff-journal-'));
    const journal = open('whole');
    for (const n of keys) await journal.keep(`key ${n}`, 'instruct', resultOf(n));
  });
  after(() => rmSync(root, { recursive: true }));

  const files = () =>
    readdirSync(at('whole'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /tasks$|safetensors$/.test(name),
    );

  /** Finds every task in a copy of the journal that a change was made to; how many were found. */
  async function foundAfter(change: (copy: string) => void): Promise<number> {
    rmSync(at('copy'), { recursive: true, force: true });
    cpSync(at('whole'), at('copy'), { recursive: true });
    change(at('copy'));
    const journal = open('copy');
    let found = 0;
    for (const n of keys) {
      const result = await journal.find(`key ${n}`);
      if (result === null) continue;
      assertIs(n, result);
      found += 1;
    }
    return found;
  }

  function assertIs(n: number, found: TaskResult): void {
    const { output, metrics } = found as TaskResult<'instruct'>;
    const expected = resultOf(n) as TaskResult<'instruct'>;
    assert.deepEqual(metrics, expected.metrics);
    assert.deepEqual(output.tuned.lora!.values, expected.output.tuned.lora!.values);
    assert.deepEqual(output.tuned.lora!.tensors, expected.output.tuned.lora!.tensors);
  }

  it('has every task that it was told of, also for another process, and no other', async () => {
    assert.equal(await foundAfter(() => {}), keys.length);
    assert.equal(await open('whole').find('key 4'), null);
  });

  it('hears of tasks that another process has finished since it was opened', async () => {
    cpSync(at('whole'), at('shared'), { recursive: true });
    const [one, other] = [open('shared'), open('shared')];
    await other.keep('key 9', 'instruct', resultOf(9));
    assertIs(9, (await one.find('key 9'))!);
  });

  it('takes tasks that end together and give equal parameters', async () => {
    const journal = open('together');
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((name) => journal.keep(name, 'instruct', resultOf(1))));
    for (const name of names) assertIs(1, (await open('together').find(name))!);
  });

  it('answers nothing to another version, code, backend, processor or Node', async () => {
    const others: Partial<Identity>[] = [
      { code: 'changed' },
      { backend: 'native' },
      { version: '2' },
      { cpuFeatures: ['avx2'] },
      { nodeMajor: 22 },
    ];
    for (const other of others) {
      assert.equal(await open('whole', { ...identity, ...other }).find('key 1'), null);
    }
  });

  it('cut off anywhere, has the tasks whose entries are whole, and takes new ones', async () => {
    const tasks = files().find((name) => name.endsWith('tasks'))!;
    const bytes = readFileSync(join(at('whole'), tasks));
    const ends = [...bytes.keys()].filter((i) => bytes[i] === 10 && bytes[i - 1] !== 10);
    for (let length = 0; length <= bytes.length; length++) {
      const found = await foundAfter((copy) => writeFileSync(join(copy, tasks), bytes.subarray(0, length)));
      assert.equal(found, ends.filter((end) => end <= length).length);
    }
    writeFileSync(join(at('copy'), tasks), bytes.subarray(0, -9));
    await open('copy').keep('key 5', 'instruct', resultOf(5));
    assertIs(5, (await open('copy').find('key 5'))!);
  });

  it('with any bit flipped, in entries or parameters, gives what was kept or nothing', async () => {
    const draw = stream('bit flips');
    let lost = 0;
    for (let flip = 0; flip < 100; flip++) {
      const name = files()[Math.floor(draw.uniform() * files().length)]!;
      const bytes = readFileSync(join(at('whole'), name));
      bytes[Math.floor(draw.uniform() * bytes.length)]! ^= 1 << Math.floor(draw.uniform() * 8);
      lost += keys.length - (await foundAfter((copy) => writeFileSync(join(copy, name), bytes)));
    }
    assert.ok(lost > 0);
  });

  it('keeps anew what was damaged', async () => {
    const blob = files().find((name) => name.endsWith('safetensors'))!;
    const bytes = readFileSync(join(at('whole'), blob));
    bytes[bytes.length - 1]! ^= 1;
    assert.equal(await foundAfter((copy) => writeFileSync(join(copy, blob), bytes)), keys.length - 1);
    for (const n of keys) await open('copy').keep(`key ${n}`, 'instruct', resultOf(n));
    for (const n of keys) assertIs(n, (await open('copy').find(`key ${n}`))!);
  });

  it('does without parameters that are gone', async () => {
    const blob = files().find((name) => name.endsWith('safetensors'))!;
    assert.equal(await foundAfter((copy) => rmSync(join(copy, blob))), keys.length - 1);
  });
});
