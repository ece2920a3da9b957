import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Model } from '../../machines/events.js';
import { ParamStore } from '../../src/learning/params/store.js';
import { setWith } from '../../src/learning/model/roles.js';
import { holdingsFile, paramFiles, tunedFile } from '../../src/records/params.js';
import { own, shared, type Slot } from '../../src/strategies/methods/method.js';
import { readSafetensors } from '../golden/read-safetensors.js';
import { tinyAdapters, tinyLora } from '../learning/training/tiny-model.js';

describe('the file of a slot', () => {
  it('is its owner’s where the slot is called by its kind, else one of the slot’s name', () => {
    assert.equal(tunedFile('global', { name: 'adapters', kind: 'adapters' }), 'global');
    assert.equal(tunedFile('client-2', { name: 'lora', kind: 'lora' }), 'client-2');
    assert.equal(tunedFile('client-2', { name: 'personal', kind: 'lora' }), 'client-2.personal');
    assert.equal(tunedFile('global', { name: 'lora', kind: 'adapters' }), 'global.lora');
  });
});

describe('the files of parameters at the end of a run', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-params-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('have the parts of slots that are called by their kind in one, and each other slot in its own', async () => {
    const slots: readonly Slot[] = [
      shared('adapters'),
      {
        ...shared('lora'),
        parts: [
          { roles: ['A'], train: 'never', share: 'never' },
          { roles: ['B'], train: 'always', share: 'always' },
        ],
      },
      { ...own('lora'), name: 'personal' },
    ];
    const store = new ParamStore();
    const lora = tinyLora();
    const nothing: Model = { base: null, adapters: null, helpful: null, harmless: null };
    const global: Model = {
      ...nothing,
      adapters: store.put(tinyAdapters()),
      'lora.A': store.put(setWith(lora, ['A'])),
      'lora.B': store.put(setWith(lora, ['B'])),
      personal: null,
    };
    for (const file of paramFiles(folder, store, slots, { global, globalFor: () => global, clients: [] })) {
      if (!file.path.endsWith(holdingsFile)) assert.equal(file.path, join(folder, 'global.safetensors'));
      file.write();
    }
    const written = await readSafetensors(join(folder, 'global.safetensors'));
    const names = [...tinyAdapters().tensors, ...lora.tensors].map(({ name }) => name);
    assert.deepEqual([...written.keys()].sort(), names.sort());
    assert.deepEqual(JSON.parse(readFileSync(join(folder, holdingsFile), 'utf8')), {});
    const personal = { ...global, personal: store.put(lora) };
    const models = { global: personal, globalFor: () => personal, clients: [] };
    const paths = paramFiles(folder, store, slots, models).map(({ path }) => path);
    assert.ok(paths.includes(join(folder, 'global.personal.safetensors')), paths.join());
  });
});
