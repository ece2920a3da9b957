import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../../src/paths.js';
import { adaptersFolder } from '../../../src/learning/interchange/adapters-folder.js';
import { gpt2Folder } from '../../../src/learning/interchange/gpt2-folder.js';
import { mergedBase } from '../../../src/learning/interchange/merged-base.js';
import { peftConfig, peftWeights } from '../../../src/learning/interchange/peft-files.js';
import { peftLora } from '../../../src/learning/interchange/peft-lora.js';
import { readPeftLora } from '../../../src/learning/interchange/read-peft.js';
import { writeFolder } from '../../../src/learning/interchange/write-folder.js';
import { selectBackend } from '../../../src/learning/model/backend.js';
import { loadModel } from '../../../src/learning/model/load.js';
import type { AdapterSite } from '../../../src/learning/model/config.js';
import type { ParamSet } from '../../../src/learning/params/param-set.js';
import { logitsOf, randomAdapters, randomBase, randomLora, rows, shape, writeModel } from './random-gpt2.js';

/** Largest difference of two logits, relative to the greater of 1 and the logit. */
const limit = 2e-5;

/** The code that docs/export.md gives, by a word of it. */
function documented(word: string): string {
  const text = readFileSync(join(packageRoot(), 'docs/export.md'), 'utf8');
  const blocks = [...text.matchAll(/```python\n(.*?)```/gs)].map(([, code]) => code!);
  const [code, ...others] = blocks.filter((block) => block.includes(word));
  assert.ok(code !== undefined && others.length === 0, word);
  return code;
}

/** Runs in a case's folder: what `model` gives is written there. */
const writeLogits = `
import json, torch
model.eval()
with torch.no_grad():
    logits = model(torch.tensor(json.load(open('../rows.json')))).logits[:, :-1]
open('logits', 'wb').write(logits.contiguous().numpy().tobytes())
`;

/** A LoRA that PEFT draws and saves by itself, with ranks' scalings of every kind. */
const theirs = `
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM
torch.manual_seed(1)
config = LoraConfig(
    task_type='CAUSAL_LM', r=3, lora_alpha=7, use_rslora=True, fan_in_fan_out=True, init_lora_weights=False,
    target_modules=['c_attn', 'mlp.c_proj'], layers_to_transform=[0, 2], alpha_pattern={'h.2.mlp.c_proj': 5})
model = get_peft_model(AutoModelForCausalLM.from_pretrained('models/gpt2'), config)
model.save_pretrained('lora')
`;

interface Case {
  readonly name: string;
  readonly code: string;
  readonly adapters?: ParamSet;
  readonly lora?: ParamSet;
  /** Writes what the code loads. */
  readonly prepare: (folder: string) => void | Promise<void>;
}

describe('models for Python’s libraries, and from them', function () {
  let root = '';
  const python = process.env.PWFF_PYTHON;
  const base = randomBase();
  const different = new Map<string, number>();

  const writePeft = (lora: ParamSet) => (folder: string) => {
    const { config, tensors } = peftLora(lora, shape.lora, shape.config, join(folder, 'models/gpt2'));
    const files = new Map<string, string | ParamSet>([
      [peftConfig, JSON.stringify(config)],
      [peftWeights, tensors],
    ]);
    writeFolder('--peft', join(folder, 'lora'), files);
  };
  const writeMerged = async (folder: string, lora: ParamSet) =>
    writeFolder(
      '--merged',
      join(folder, 'gpt2'),
      await gpt2Folder(join(folder, 'models/gpt2'), mergedBase(base, lora, shape.lora)),
    );

  const whole = randomLora();
  const some = randomLora((name) =>
    /^h\.0\.attn\.[qv]$|^h\.1\.attn\.k$|^h\.[012]\.mlp\.c_fc$|^h\.2\.attn\.c_proj$/.test(name),
  );
  const withAdapters = (sites: readonly AdapterSite[], layout: string, word: string): Case => {
    const adapters = randomAdapters(sites);
    return {
      name: `adapters-${sites.join('-')}`,
      code: documented(word),
      ...{ adapters, lora: whole },
      prepare: async (folder) => {
        await writeMerged(folder, whole);
        const written = adaptersFolder(adapters, base, shape.config);
        assert.equal(written.layout, layout);
        writeFolder('--adapters', join(folder, 'adapters'), written.files);
      },
    };
  };
  const cases: readonly Case[] = [
    {
      name: 'base',
      code: `from transformers import AutoModelForCausalLM\nmodel = AutoModelForCausalLM.from_pretrained('models/gpt2')`,
      prepare: () => {},
    },
    { name: 'peft-everywhere', code: documented('PeftModel'), lora: whole, prepare: writePeft(whole) },
    { name: 'peft-at-some-places', code: documented('PeftModel'), lora: some, prepare: writePeft(some) },
    {
      name: 'merged',
      code: `from transformers import AutoModelForCausalLM\nmodel = AutoModelForCausalLM.from_pretrained('gpt2')`,
      lora: some,
      prepare: (folder) => writeMerged(folder, some),
    },
    withAdapters(['attention', 'mlp'], 'adapters', 'load_adapter'),
    withAdapters(['mlp'], 'adapters', 'load_adapter'),
    withAdapters(['attention', 'parallel'], 'adapters', 'load_adapter'),
    withAdapters(['parallel'], 'adapters', 'load_adapter'),
    withAdapters(['attention', 'mlp', 'parallel'], 'plain', 'load_file'),
    { name: 'theirs', code: theirs, prepare: () => {} },
  ];

  before(async function () {
    this.timeout(300_000);
    if (python === undefined) {
      console.log('      skipped: PWFF_PYTHON names no Python');
      return this.skip();
    }
    root = mkdtempSync(join(tmpdir(), 'pwff-interchange-'));
    const run = (code: string) =>
      spawnSync(python, ['-c', code], {
        cwd: root,
        encoding: 'utf8',
        timeout: 240_000,
        env: { ...process.env, HF_HUB_OFFLINE: '1' },
      });
    const { status, stderr, error } = run('import adapters, peft, torch, transformers');
    if (status !== 0) {
      console.log(`      skipped: ${error?.message ?? stderr.trim().split('\n').at(-1)}`);
      return this.skip();
    }
    await selectBackend('wasm');
    writeFileSync(join(root, 'rows.json'), JSON.stringify(rows));
    for (const { name, code, prepare } of cases) {
      const folder = join(root, name);
      mkdirSync(folder);
      writeModel(join(folder, 'models/gpt2'), base);
      await prepare(folder);
      writeFileSync(join(folder, 'case.py'), code + writeLogits);
    }
    const all = `import os, runpy\nfor name in ${JSON.stringify(cases.map(({ name }) => name))}:\n    os.chdir(name)\n    runpy.run_path('case.py')\n    os.chdir('..')\n`;
    const ran = run(all);
    assert.equal(ran.status, 0, ran.stderr);
  });
  after(function () {
    if (different.size > 0) {
      const figures = [...different].map(([name, most]) => `${name} ${most.toExponential(1)}`);
      console.log(`      largest differences of logits: ${figures.join(', ')}`);
    }
    if (root !== '') rmSync(root, { recursive: true });
  });

  /** Python's logits of a case. */
  function pythons(name: string): Float32Array {
    const bytes = readFileSync(join(root, name, 'logits'));
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  }

  function compare(name: string, ours: Float32Array): void {
    const expected = pythons(name);
    assert.equal(ours.length, expected.length);
    const differences = expected.map((value, i) => Math.abs(ours[i]! - value) / Math.max(1, Math.abs(value)));
    const most = differences.reduce((greatest, each) => (each <= greatest ? greatest : each), 0);
    different.set(name, most);
    assert.ok(most <= limit, `${name}: ${most}`);
  }

  /** How far the parts of a case move the logits: the comparison is of what they do. */
  function assertMoved(name: string): void {
    const still = pythons('base');
    const moved = pythons(name).some((value, i) => Math.abs(value - still[i]!) > 0.1);
    assert.ok(moved, `${name} does nothing`);
  }

  it('begin with a base of the same logits', () => compare('base', logitsOf(base, {})));

  for (const { name, adapters, lora } of cases.filter((each) => each.lora)) {
    it(`have the logits of our own: ${name}`, () => {
      compare(name, logitsOf(base, { ...(adapters && { adapters }), ...(lora && { lora }) }));
      assertMoved(name);
    });
  }

  it('have them read here as well, once they are merged', async () => {
    const { base: merged } = await loadModel(join(root, 'merged', 'gpt2'));
    compare('merged', logitsOf(merged, {}));
  });

  it('are read from PEFT: another scaling, at some places, with one A for all of c_attn', async () => {
    const lora = await readPeftLora(join(root, 'theirs', 'lora'), shape.lora, shape.config);
    assert.deepEqual(
      lora.tensors.map(({ name }) => name).filter((name) => name.endsWith('A')),
      ['q', 'k', 'v']
        .flatMap((part) => [0, 2].map((block) => `h.${block}.attn.${part}.lora_A`))
        .concat([0, 2].map((block) => `h.${block}.mlp.c_proj.lora_A`)),
    );
    compare('theirs', logitsOf(base, { lora }));
    assertMoved('theirs');
  });

  it('come back from PEFT’s layout as they were', async () => {
    for (const [name, lora] of [
      ['peft-everywhere', whole],
      ['peft-at-some-places', some],
    ] as const) {
      assert.deepEqual(await readPeftLora(join(root, name, 'lora'), shape.lora, shape.config), lora);
    }
  });
});
