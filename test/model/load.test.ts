import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.js';
import { loadModel } from '../../src/model/load.js';
import { paramSet, tensorsOf, type ParamSet } from '../../src/params/param-set.js';
import { writeSafetensors } from '../../src/params/safetensors.js';
import { referenceModel, referenceShape } from './reference-model.js';

describe('loadModel', () => {
  let folder: string;
  const { base } = referenceModel();
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-load-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(config: object, set: ParamSet): void {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    writeFileSync(join(folder, 'model.safetensors'), writeSafetensors([set]));
  }

  /** The set with tensors changed by `change`; those it answers null for are left out. */
  function changed(change: (name: string) => string | null, ...more: { name: string; shape: number[] }[]) {
    const kept = [...tensorsOf(base)].flatMap((tensor) => {
      const name = change(tensor.name);
      return name === null ? [] : [{ ...tensor, name }];
    });
    const added = more.map((spec) => ({
      ...spec,
      values: new Float32Array(spec.shape.reduce((product, extent) => product * extent, 1)),
    }));
    return paramSet('base', [...added, ...kept]);
  }

  async function refused(message: RegExp): Promise<void> {
    await assert.rejects(loadModel(folder), (thrown) => {
      assert.ok(thrown instanceof UserError);
      assert.match(thrown.message, message);
      return true;
    });
  }

  it("reads Hugging Face's two files, in the architecture's order", async () => {
    write({ ...referenceShape.config, model_type: 'gpt2', n_ctx: 16 }, base);
    const loaded = await loadModel(folder);
    assert.deepEqual(loaded.config, referenceShape.config);
    assert.deepEqual(loaded.base, base);
  });

  it('reads the prefix "transformer." and leaves out mask buffers and the tied head', async () => {
    const extra = [
      { name: 'transformer.h.0.attn.bias', shape: [1, 1, 16, 16] },
      { name: 'transformer.h.1.attn.masked_bias', shape: [] },
      { name: 'lm_head.weight', shape: [11, 8] },
    ];
    write(
      referenceShape.config,
      changed((name) => `transformer.${name}`, ...extra),
    );
    assert.deepEqual((await loadModel(folder)).base, base);
  });

  it('names a missing, a misshaped and a strange tensor', async () => {
    write(
      referenceShape.config,
      changed((name) => (name === 'ln_f.bias' ? null : name)),
    );
    await refused(/model\.safetensors: \/ln_f\.bias: is missing, expected a tensor of shape \[8\]/);
    write({ ...referenceShape.config, vocab_size: 12 }, base);
    await refused(/\/wte\.weight: is \[11, 8\], expected a tensor of shape \[12, 8\]/);
    write({ ...referenceShape.config, n_layer: 1 }, base);
    await refused(/\/h\.1\.ln_1\.weight: is no tensor of a GPT-2 with 1 blocks/);
  });

  it('names what is wrong in config.json', async () => {
    const { n_head: _, ...headless } = referenceShape.config;
    write(headless, base);
    await refused(/config\.json: \/n_head: is missing, expected a whole number above 0/);
    write({ ...referenceShape.config, n_head: 3 }, base);
    await refused(/\/n_head: is 3, expected a divisor of n_embd, 8/);
    write({ ...referenceShape.config, activation_function: 'relu' }, base);
    await refused(/\/activation_function: is "relu", expected "gelu_new" or/);
    write({ ...referenceShape.config, eos_token_id: 11 }, base);
    await refused(/\/eos_token_id: is 11, expected a token from 0 to 10/);
    writeFileSync(join(folder, 'config.json'), '{');
    await refused(/config\.json: is not JSON/);
  });

  it('names a file that is not there', async () => {
    await refused(/config\.json: cannot be read/);
  });
});
