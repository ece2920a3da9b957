import {
  sizeOf,
  paramSet,
  type ParamKind,
  type ParamSet,
  type TensorSpec,
} from '../../../src/learning/params/param-set.js';
import { loraSites } from '../../../src/learning/model/lora.js';
import type { ModelShape } from '../../../src/learning/model/model-shape.js';

/** The small model that test/learning/model/reference.ts has PyTorch's numbers for. */
export const referenceShape: ModelShape = {
  config: {
    vocab_size: 11,
    n_positions: 16,
    n_embd: 8,
    n_layer: 2,
    n_head: 2,
    layer_norm_epsilon: 1e-5,
    eos_token_id: 10,
  },
  adapters: { sites: ['attention', 'mlp', 'parallel'], bottleneck: 4 },
  lora: { r: 3, alpha: 6, targets: ['q', 'k', 'v', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'] },
};

/** Rows of tokens and the index of their first target. */
export const referenceRows: readonly { tokens: Int32Array; firstTarget: number }[] = [
  { tokens: Int32Array.of(3, 1, 4, 1, 5, 9, 2, 6), firstTarget: 3 },
  { tokens: Int32Array.of(2, 7, 1, 8, 2), firstTarget: 1 },
  { tokens: Int32Array.of(10, 0, 10, 3, 6, 5), firstTarget: 4 },
];

/** Element i of the k-th tensor is 0.3 sin(0.37 i + 1.3 k + 0.5), plus 1 in a LayerNorm's gain. */
export function referenceModel(): { base: ParamSet; adapters: ParamSet; lora: ParamSet } {
  const { n_embd: c, n_layer: blocks, vocab_size: v, n_positions: p } = referenceShape.config;
  const { bottleneck, sites } = referenceShape.adapters;
  const { r, targets } = referenceShape.lora;
  const numbers = Array.from({ length: blocks }, (_, block) => block);
  const base = [
    spec('wte.weight', v, c),
    spec('wpe.weight', p, c),
    ...numbers.flatMap((block) => [
      ...pair(`h.${block}.ln_1`, c),
      ...pair(`h.${block}.attn.c_attn`, c, 3 * c),
      ...pair(`h.${block}.attn.c_proj`, c, c),
      ...pair(`h.${block}.ln_2`, c),
      ...pair(`h.${block}.mlp.c_fc`, c, 4 * c),
      ...pair(`h.${block}.mlp.c_proj`, 4 * c, c),
    ]),
    ...pair('ln_f', c),
  ];
  const adapters = numbers.flatMap((block) =>
    sites.flatMap((site) => [
      ...pair(`h.${block}.adapter.${site}.down`, c, bottleneck),
      ...pair(`h.${block}.adapter.${site}.up`, bottleneck, c),
    ]),
  );
  const lora = loraSites(referenceShape.config, targets).flatMap(({ name, inputs, outputs }) => [
    spec(`${name}.lora_A`, inputs, r),
    spec(`${name}.lora_B`, r, outputs),
  ]);
  return {
    base: filled('base', base, 0),
    adapters: filled('adapters', adapters, base.length),
    lora: filled('lora', lora, base.length + adapters.length),
  };
}

function spec(name: string, ...shape: number[]): TensorSpec {
  return { name, shape };
}

function pair(name: string, ...shape: number[]): TensorSpec[] {
  return [spec(`${name}.weight`, ...shape), spec(`${name}.bias`, shape.at(-1)!)];
}

function filled(kind: ParamKind, specs: readonly TensorSpec[], first: number): ParamSet {
  return paramSet(
    kind,
    specs.map(({ name, shape }, k) => {
      const centre = /ln_\w\.weight$/.test(name) ? 1 : 0;
      const values = Array.from(
        { length: sizeOf(shape) },
        (_, i) => centre + 0.3 * Math.sin(0.37 * i + 1.3 * (first + k) + 0.5),
      );
      return { name, shape, values };
    }),
  );
}
