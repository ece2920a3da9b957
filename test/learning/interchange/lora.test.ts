import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../../src/errors.js';
import { joinedLora } from '../../../src/learning/interchange/joined-lora.js';
import { mergedBase } from '../../../src/learning/interchange/merged-base.js';
import { peftLora } from '../../../src/learning/interchange/peft-lora.js';
import { readPeftLora } from '../../../src/learning/interchange/read-peft.js';
import type { LoraConfig } from '../../../src/learning/model/config.js';
import { paramSet, tensorsOf, type ParamSet } from '../../../src/learning/params/param-set.js';
import { writeSafetensors } from '../../../src/learning/params/safetensors.js';
import { shape } from './random-gpt2.js';

const tensor = (name: string, of: readonly number[], values: readonly number[]) => ({
  name,
  shape: of,
  values,
});
const lists = (set: ParamSet) =>
  [...tensorsOf(set)].map(({ name, shape: of, values }) => [name, of, [...values]] as const);

/** Of a model of width 2: q and v of block 0, rank 1. */
const lora = paramSet('lora', [
  tensor('h.0.attn.q.lora_A', [2, 1], [1, 2]),
  tensor('h.0.attn.q.lora_B', [1, 2], [3, 4]),
  tensor('h.0.attn.v.lora_A', [2, 1], [5, 6]),
  tensor('h.0.attn.v.lora_B', [1, 2], [7, 8]),
]);

/** What `lora` is to PEFT. */
const inPeft = [
  ['base_model.model.transformer.h.0.attn.c_attn.lora_A.weight', [2, 2], [1, 2, 5, 6]],
  [
    'base_model.model.transformer.h.0.attn.c_attn.lora_B.weight',
    [6, 2],
    [3, 0, 4, 0, 0, 0, 0, 0, 0, 7, 0, 8],
  ],
];

describe('a LoRA in PEFT’s layout', () => {
  it('has one module for q, k and v: A’s above each other, B’s on a diagonal, alpha by the sum of ranks', () => {
    const { config, tensors } = peftLora(lora, { r: 1, alpha: 4 }, { n_layer: 1 }, 'gpt2');
    assert.deepEqual(lists(tensors), inPeft);
    const { r, lora_alpha, rank_pattern, alpha_pattern, target_modules } = config;
    assert.deepEqual(
      { r, lora_alpha, rank_pattern, alpha_pattern, target_modules },
      {
        ...{ r: 1, lora_alpha: 4, target_modules: ['attn.c_attn'] },
        ...{ rank_pattern: { 'attn.c_attn': 2 }, alpha_pattern: { 'attn.c_attn': 8 } },
      },
    );
  });

  it('keeps alpha over its own rank of a module whose rank is not the scenario’s', () => {
    const small = paramSet('lora', [
      tensor('h.0.mlp.c_proj.lora_A', [2, 1], [1, 2]),
      tensor('h.0.mlp.c_proj.lora_B', [1, 2], [3, 4]),
      ...[...tensorsOf(lora)].map((each) => ({ ...each, values: [...each.values] })),
    ]);
    const { config } = peftLora(small, { r: 2, alpha: 4 }, { n_layer: 1 }, 'gpt2');
    assert.deepEqual(config['rank_pattern'], { 'mlp.c_proj': 1 });
    assert.deepEqual(config['alpha_pattern'], { 'attn.c_attn': 8 });
    assert.deepEqual([config['r'], config['lora_alpha']], [2, 4]);
  });

  it('names modules one by one where not every block has them', () => {
    const { config } = peftLora(lora, { r: 1, alpha: 4 }, { n_layer: 2 }, 'gpt2');
    assert.deepEqual(config['target_modules'], ['h.0.attn.c_attn']);
    assert.deepEqual(config['rank_pattern'], { 'h.0.attn.c_attn': 2 });
  });
});

describe('several LoRA as one', () => {
  const at = (a: readonly number[], b: readonly number[]) =>
    paramSet('lora', [
      tensor('h.0.attn.q.lora_A', [2, a.length / 2], a),
      tensor('h.0.attn.q.lora_B', [a.length / 2, 2], b),
    ]);

  it('have A’s side by side and B’s below each other, by share and by the rank that has grown', () => {
    const [one, two] = [at([1, 2], [3, 4]), at([1, 2, 3, 4], [5, 6, 7, 8])];
    assert.deepEqual(
      lists(
        joinedLora([
          { lora: one, share: 1 },
          { lora: two, share: 0.5 },
        ]),
      ),
      [
        ['h.0.attn.q.lora_A', [2, 3], [1, 1, 2, 2, 3, 4]],
        ['h.0.attn.q.lora_B', [3, 2], [9, 12, 3.75, 4.5, 5.25, 6]],
      ],
    );
  });

  it('are the one that they are where there is one in full', () => {
    assert.equal(joinedLora([{ lora, share: 1 }]), lora);
  });
});

describe('merged weights', () => {
  it('are W + (alpha / r) · A · B in the columns of the module', () => {
    const zeros = tensor('h.0.attn.c_attn.weight', [2, 6], Array<number>(12).fill(100));
    const merged = mergedBase(paramSet('base', [zeros]), lora, { alpha: 2 });
    assert.deepEqual(lists(merged)[0]![2], [106, 108, 100, 100, 170, 180, 112, 116, 100, 100, 184, 196]);
  });
});

describe('readPeftLora', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pwff-peft-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const model = { ...shape.config, n_embd: 2, n_layer: 1 };
  const form: LoraConfig = { r: 1, alpha: 4, targets: ['q', 'k', 'v'] };
  const stated = { peft_type: 'LORA', r: 2, lora_alpha: 8, bias: 'none', target_modules: ['c_attn'] };

  type Tensors = readonly (readonly unknown[])[];
  const module = (
    name: string,
    rank: number,
    outputs: number,
    a: readonly number[],
    b: readonly number[],
  ): Tensors => [
    [`base_model.model.transformer.${name}.lora_A.weight`, [rank, a.length / rank], a],
    [`base_model.model.transformer.${name}.lora_B.weight`, [outputs, rank], b],
  ];
  function read(
    tensors: Tensors,
    config: object = stated,
    changed: Partial<LoraConfig> = {},
  ): Promise<ParamSet> {
    const set = paramSet(
      'lora',
      tensors.map(([name, of, values]) => tensor(name as string, of as number[], values as number[])),
    );
    writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify(config));
    writeFileSync(join(folder, 'adapter_model.safetensors'), writeSafetensors([set]));
    return readPeftLora(folder, { ...form, ...changed }, model);
  }
  async function refused(reading: Promise<unknown>, message: RegExp): Promise<void> {
    await assert.rejects(reading, (thrown) => {
      assert.ok(thrown instanceof UserError, String(thrown));
      assert.ok(thrown.message.startsWith(folder) && !thrown.message.includes('\n'), thrown.message);
      assert.match(thrown.message, message);
      return true;
    });
  }

  it('takes a diagonal of blocks apart', async () => {
    assert.deepEqual(lists(await read(inPeft)), lists(lora));
  });

  it('gives each part of c_attn that is changed the whole A of rank r, and its own rows of B', async () => {
    const shared = module('h.0.attn.c_attn', 1, 6, [1, 2], [3, 4, 0, 0, 7, 8]);
    assert.deepEqual(lists(await read(shared, { ...stated, lora_alpha: 4 })), [
      ['h.0.attn.q.lora_A', [2, 1], [1, 2]],
      ['h.0.attn.q.lora_B', [1, 2], [3, 4]],
      ['h.0.attn.v.lora_A', [2, 1], [1, 2]],
      ['h.0.attn.v.lora_B', [1, 2], [7, 8]],
    ]);
  });

  it('gives every part with a place its A where B is zero', async () => {
    const fresh = module('h.0.attn.c_attn', 1, 6, [1, 2], [0, 0, 0, 0, 0, 0]);
    const names = (await read(fresh, stated, { targets: ['v', 'q'] })).tensors.map(({ name }) => name);
    assert.deepEqual(
      names,
      ['v', 'q'].flatMap((part) => ['A', 'B'].map((half) => `h.0.attn.${part}.lora_${half}`)),
    );
  });

  for (const [what, config, scale] of [
    ['lora_alpha', { lora_alpha: 8 }, 2],
    [
      'the first fitting key of alpha_pattern',
      { lora_alpha: 9, alpha_pattern: { c_fc: 2, 'mlp.*': 3 } },
      0.5,
    ],
    ['alpha over the root of the rank with use_rslora', { lora_alpha: 4, use_rslora: true }, Math.SQRT2],
  ] as const) {
    it(`scales B by what PEFT’s scaling is over alpha / r: by ${what}`, async () => {
      const b = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
      const tensors = module('h.0.mlp.c_fc', 2, 8, [1, 0, 0, 1], b);
      const set = await read(tensors, { ...stated, ...config }, { r: 2, targets: ['mlp.c_fc'] });
      // B is [out, r] there and [r, out] here; alpha / r is 2.
      const expected = [...b.filter((_, i) => i % 2 === 0), ...b.filter((_, i) => i % 2 === 1)];
      assert.deepEqual(
        [...tensorsOf(set)][1]!.values,
        Float32Array.from(expected, (value) => scale * value),
      );
    });
  }

  it('refuses what does not fit the scenario, and says what would', async () => {
    const two = module('h.0.attn.c_attn', 2, 6, [1, 2, 5, 6], [3, 1, 4, 0, 0, 0, 0, 0, 0, 7, 0, 8]);
    await refused(read(two), /h\.0\.attn\.c_attn: is of rank 2, expected 1, .*--set model\.lora\.r=2$/);
    await refused(read(inPeft, stated, { r: 3 }), /is of rank 2, expected 3/);
    await refused(read(inPeft, stated, { targets: ['q', 'k'] }), /changes v, expected .* add "v" to them$/);
    const mlp = module('h.0.mlp.c_proj', 1, 2, [1, 2, 3, 4, 5, 6, 7, 8], [1, 2]);
    await refused(read(mlp), /changes mlp\.c_proj, expected .* add "mlp\.c_proj" to them$/);
  });

  it('refuses what is no LoRA of this model', async () => {
    await refused(
      read(module('h.1.attn.c_attn', 1, 6, [1, 2], [3, 4, 0, 0, 7, 8])),
      /is no LoRA of a projection/,
    );
    await refused(
      read(module('h.0.attn.c_attn', 1, 9, [1, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])),
      /is \[1, 3\], expected a tensor of shape \[r, 2\]/,
    );
    await refused(
      read(inPeft.slice(0, 1)),
      /lora_B\.weight: is missing, expected a tensor of shape \[6, 2\]/,
    );
    await refused(read(module('wte', 1, 6, [1, 2], [3, 4, 0, 0, 7, 8])), /is no LoRA of a projection/);
    await refused(read([]), /has no LoRA/);
    const nan = module('h.0.attn.c_attn', 1, 6, [1, NaN], [3, 4, 0, 0, 7, 8]);
    await refused(read(nan), /is NaN at index 1/);
  });

  it('refuses what LoRA here has no counterpart of', async () => {
    for (const [key, value] of [
      ['peft_type', 'IA3'],
      ['use_dora', true],
      ['bias', 'all'],
      ['modules_to_save', ['lm_head']],
      ['init_lora_weights', 'pissa'],
      ['lora_alpha', 'x'],
      ['alpha_pattern', { '(': 3 }],
      // Tries each way to part a name, which are too many to end.
      ['alpha_pattern', { '((?:[\\w.]+)+)+!': 3 }],
      ['alpha_pattern', [3]],
    ] as const) {
      await refused(
        read(inPeft, { ...stated, [key]: value }),
        new RegExp(`adapter_config\\.json: /${key}: is `),
      );
    }
    await refused(read(inPeft, { r: 1, lora_alpha: 4 }), /\/peft_type: is missing, expected "LORA"$/);
  });

  it('tells how to save weights that are for Python only', async () => {
    writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify(stated));
    writeFileSync(join(folder, 'adapter_model.bin'), '');
    await refused(
      readPeftLora(folder, form, model),
      /adapter_model\.safetensors: is missing, .*safe_serialization/,
    );
  });
});
