import { paramSet, sizeOf, type ParamSet, type TensorSpec } from '../params/param-set.js';
import type { Stream } from '../../simulation/random/stream.js';
import type { ModelConfig } from './config.js';

/**
 * The tensors of a base model by Hugging Face's names (the head is tied to wte), in the order they are kept
 * in.
 */
export function baseTensors(config: ModelConfig): readonly TensorSpec[] {
  const { n_embd: c, n_layer: blocks, vocab_size: vocabulary, n_positions: positions } = config;
  const block = (prefix: string) => [
    ...pair(`${prefix}ln_1`, c),
    ...pair(`${prefix}attn.c_attn`, c, 3 * c),
    ...pair(`${prefix}attn.c_proj`, c, c),
    ...pair(`${prefix}ln_2`, c),
    ...pair(`${prefix}mlp.c_fc`, c, 4 * c),
    ...pair(`${prefix}mlp.c_proj`, 4 * c, c),
  ];
  return [
    { name: 'wte.weight', shape: [vocabulary, c] },
    { name: 'wpe.weight', shape: [positions, c] },
    ...Array.from({ length: blocks }, (_, i) => block(`h.${i}.`)).flat(),
    ...pair('ln_f', c),
  ];
}

/**
 * GPT-2's start: weights normal with deviation 0.02, those that add to the residual stream with 0.02 / sqrt(2
 * · blocks), biases 0, LayerNorm gains 1 (Radford et al. 2019).
 */
export function initialBase(config: ModelConfig, stream: Stream): ParamSet {
  const residual = 0.02 / Math.sqrt(2 * config.n_layer);
  const tensors = baseTensors(config).map(({ name, shape }) => {
    const values = new Float32Array(sizeOf(shape));
    if (/\bln_\w\.weight$/.test(name)) values.fill(1);
    else if (name.endsWith('.weight')) {
      const deviation = name.endsWith('c_proj.weight') ? residual : 0.02;
      for (let i = 0; i < values.length; i++) values[i] = deviation * stream.normal();
    }
    return { name, shape, values };
  });
  return paramSet('base', tensors);
}

function pair(name: string, ...shape: readonly number[]): TensorSpec[] {
  return [
    { name: `${name}.weight`, shape },
    { name: `${name}.bias`, shape: shape.slice(-1) },
  ];
}
