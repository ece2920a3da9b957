import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.js';
import { paramSet, type ParamSet, type TensorSpec } from '../../src/learning/params/param-set.js';
import { writeSafetensors } from '../../src/learning/params/safetensors.js';
import { packed, packOf, packsFile, packsIndex, SavedParams } from '../../src/records/param-packs.js';
import { runScenario } from '../../src/run/run.js';
import { loadScenario } from '../../src/scenario/load.js';

const setOf = (first: number, tensors = 2): ParamSet =>
  paramSet(
    'lora',
    Array.from({ length: tensors }, (_, i) => ({ name: `t${i}`, shape: [2], values: [first, first + i] })),
  );
const files = (count: number, tensors: number) =>
  Array.from({ length: count }, (_, n) => ({ name: `client-${n + 1}`, sets: [setOf(n, tensors)] }));
const asLora = (tensors: readonly TensorSpec[]) => ({ lora: { kind: 'lora' as const, tensors } });

describe("many clients' parameters in packs", () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-packs-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(of: ReturnType<typeof files>): void {
    const packs = packed(of);
    packs.map(packOf).forEach(({ file, sets }) => writeFileSync(join(folder, file), writeSafetensors(sets)));
    writeFileSync(join(folder, packsFile), JSON.stringify(packsIndex(packs)));
  }

  it('are dealt in their order, none divided, at most 4,096 tensors to a pack', () => {
    const packs = packed(files(10, 1000));
    assert.deepEqual(
      packs.map((pack) => pack.map(({ name }) => name)),
      [1, 5, 9].map((from) => [0, 1, 2, 3].map((n) => `client-${from + n}`).slice(0, from === 9 ? 2 : 4)),
    );
    assert.equal(packed(files(2, 5000)).length, 2);
  });

  it('are read as they were written, whatever the order, and so are files of their own', async () => {
    write(files(10, 1000));
    writeFileSync(join(folder, 'global.safetensors'), writeSafetensors([setOf(7)]));
    const saved = await SavedParams.open(folder);
    for (const n of [9, 0, 5]) {
      const { lora } = (await saved.read(`client-${n + 1}`, asLora))!;
      assert.deepEqual(lora!.tensors, setOf(n, 1000).tensors);
      assert.deepEqual([...lora!.values], [...setOf(n, 1000).values]);
    }
    assert.deepEqual([...(await saved.read('global', asLora))!['lora']!.values], [...setOf(7).values]);
    assert.equal(await saved.read('client-11', asLora), null);
    await saved.close();
  });

  it('are refused in words where the index names another place, or what the pack has not', async () => {
    write(files(3, 2));
    const index = join(folder, packsFile);
    for (const [text, words] of [
      ['{"client-1":"../elsewhere.safetensors"}', /packs\.json: \/client-1: is "\.\.\/elsewhere/],
      ['{"client-1":7}', /packs\.json: \/client-1: is 7/],
      ['[]', /expected a JSON object/],
    ] as const) {
      writeFileSync(index, text);
      await assert.rejects(
        SavedParams.open(folder),
        (error) => error instanceof UserError && words.test(error.message),
      );
    }
    writeFileSync(index, '{"client-9":"clients-1.safetensors"}');
    const saved = await SavedParams.open(folder);
    await assert.rejects(saved.read('client-9', asLora), /has no tensor of client-9/);
    await saved.close();
  });
});

describe('a run of more than a hundred clients', function () {
  this.timeout(120e3);
  let root = '';
  before(() => (root = mkdtempSync(join(tmpdir(), 'pwff-many-'))));
  after(() => rmSync(root, { recursive: true }));

  /** What its clients have at the end, all together. */
  async function run(name: string, ...set: readonly string[]): Promise<Buffer> {
    const few = ['data.examplesPerClient=8', 'data.testPerClient=4', 'data.pairsPerClient=6'];
    const fixed = [
      'learning=stub',
      'clients.count=101',
      'clients.weightHarmless=uniform',
      'method=pwff',
      'instruction.maxRounds=1',
      ...few,
    ];
    const { scenario, folder } = await loadScenario('tiny', {
      set: [...fixed, 'stages=["instruction"]', ...set],
    });
    const options = { workers: 1, backend: 'wasm', inspection: 'none' } as const;
    const outFolder = join(root, name);
    const { unwritten } = await runScenario({ scenario, folder, outFolder, ...options });
    assert.deepEqual(unwritten, []);
    const params = join(outFolder, 'params');
    const packs = readdirSync(params).filter((file) => file.startsWith('clients-'));
    return Buffer.concat(packs.sort().map((file) => readFileSync(join(params, file))));
  }

  it('leaves its clients in packs, from which another run goes on as from files of their own', async () => {
    await run('first');
    const params = join(root, 'first', 'params');
    assert.ok(readdirSync(params).length < 10);
    const fromPacks = await run('from-packs', `from=${join(root, 'first')}`);
    const saved = await SavedParams.open(params);
    const index = JSON.parse(readFileSync(join(params, packsFile), 'utf8')) as Record<string, string>;
    assert.equal(Object.keys(index).length, 101);
    for (const name of Object.keys(index)) {
      const sets = await saved.read(name, asLora);
      writeFileSync(join(params, `${name}.safetensors`), writeSafetensors(Object.values(sets!)));
    }
    await saved.close();
    rmSync(join(params, packsFile));
    assert.ok(fromPacks.equals(await run('from-files', `from=${join(root, 'first')}`)));
    rmSync(join(params, 'client-101.safetensors'));
    assert.ok(!fromPacks.equals(await run('from-fewer', `from=${join(root, 'first')}`)));
  });
});
