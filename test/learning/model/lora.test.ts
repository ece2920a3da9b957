import assert from 'node:assert/strict';
import { adapterParameters, initialAdapters } from '../../../src/learning/model/adapters.js';
import type { ModelConfig } from '../../../src/learning/model/config.js';
import { forwardFlops, trainingFlops } from '../../../src/learning/model/flops.js';
import { initialLora, loraParameters, loraSites } from '../../../src/learning/model/lora.js';
import { tensorsOf } from '../../../src/learning/params/param-set.js';
import { stream } from '../../../src/simulation/random/stream.js';
import type { ModelShape } from '../../../src/learning/model/model-shape.js';

/** GPT-2 with the paper's 36 adapters of bottleneck 10 and 12 to 36 LoRA modules of rank 96 (section V-A). */
const config: ModelConfig = {
  vocab_size: 50257,
  n_positions: 1024,
  n_embd: 768,
  n_layer: 12,
  n_head: 12,
  layer_norm_epsilon: 1e-5,
  eos_token_id: 50256,
};
const paper: ModelShape = {
  config,
  adapters: { sites: ['attention', 'mlp', 'parallel'], bottleneck: 10 },
  lora: { r: 96, alpha: 96, targets: ['q', 'k', 'v'] },
};
const small: ModelShape = {
  config: { ...config, vocab_size: 7, n_positions: 8, n_embd: 6, n_layer: 2, n_head: 2, eos_token_id: 0 },
  adapters: { sites: ['mlp'], bottleneck: 3 },
  lora: { r: 2, alpha: 4, targets: ['v', 'mlp.c_fc', 'mlp.c_proj', 'attn.c_proj'] },
};

describe('adapters', () => {
  it("has 36 in the paper's setting, each of 2 · 768 · 10 + 768 + 10 parameters", () => {
    assert.equal(adapterParameters(paper), 36 * (2 * 768 * 10 + 768 + 10));
  });

  it('starts with down-projections within 1/sqrt(d), everything else zero', () => {
    const set = initialAdapters(small, stream('adapters'));
    assert.equal(set.values.length, adapterParameters(small));
    for (const { name, values } of tensorsOf(set)) {
      if (name.endsWith('down.weight')) {
        assert.ok(values.every((value) => value !== 0 && Math.abs(value) < 1 / Math.sqrt(6)));
      } else assert.ok(values.every((value) => value === 0));
    }
    assert.deepEqual(
      set.tensors.slice(0, 4).map(({ name, shape }) => [name, ...shape]),
      [
        ['h.0.adapter.mlp.down.weight', 6, 3],
        ['h.0.adapter.mlp.down.bias', 3],
        ['h.0.adapter.mlp.up.weight', 3, 6],
        ['h.0.adapter.mlp.up.bias', 6],
      ],
    );
  });
});

describe('LoRA', () => {
  it("has places for the paper's 36 modules, each of 96 · (768 + 768) parameters", () => {
    assert.equal(loraSites(config, paper.lora.targets).length, 36);
    assert.equal(loraParameters(paper, 36), 36 * 96 * 2 * 768);
  });

  it('takes modules target by target over all blocks', () => {
    const names = initialLora(small, 3, stream('lora')).tensors.map(({ name, shape }) => [name, ...shape]);
    assert.deepEqual(names, [
      ['h.0.attn.v.lora_A', 6, 2],
      ['h.0.attn.v.lora_B', 2, 6],
      ['h.1.attn.v.lora_A', 6, 2],
      ['h.1.attn.v.lora_B', 2, 6],
      ['h.0.mlp.c_fc.lora_A', 6, 2],
      ['h.0.mlp.c_fc.lora_B', 2, 24],
    ]);
    assert.equal(initialLora(small, 8, stream('lora')).values.length, loraParameters(small, 8));
  });

  it('refuses more modules than there are places', () => {
    assert.throws(() => initialLora(small, 9, stream('lora')), /9 LoRA modules asked for, .* places for 8/);
  });
});

describe('operations', () => {
  it('are two per weight and token forwards, and up to six in training', () => {
    const matrices = 2 * 12 * 6 * 6 + 7 * 6;
    const adapters = adapterParameters(small);
    assert.equal(forwardFlops(small, 10), 20 * (matrices + adapters));
    const trained = adapters + loraParameters(small, 3);
    assert.equal(trainingFlops(small, trained, 10), 10 * (4 * matrices + 6 * trained));
  });
});
