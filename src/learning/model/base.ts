import { drawnSet, weightAndBias, type ParamSet, type TensorSpec } from '../params/param-set.js';
import type { Stream } from '../../simulation/random/stream.js';
import type { ModelConfig } from './config.js';
import { isLlama, llamaTensors } from './llama.js';

/** The tensors of a base model by Hugging Face's names, in the order they are kept in. */
export function baseTensors(config: ModelConfig): readonly TensorSpec[] {
  return isLlama(config) ? llamaTensors(config) : gpt2Tensors(config);
}

/** The head is tied to wte. */
function gpt2Tensors(config: ModelConfig): readonly TensorSpec[] {
  const { n_embd: c, n_layer: blocks, vocab_size: vocabulary, n_positions: positions } = config;
  const block = (prefix: string) => [
    ...weightAndBias(`${prefix}ln_1`, c),
    ...weightAndBias(`${prefix}attn.c_attn`, c, 3 * c),
    ...weightAndBias(`${prefix}attn.c_proj`, c, c),
    ...weightAndBias(`${prefix}ln_2`, c),
    ...weightAndBias(`${prefix}mlp.c_fc`, c, 4 * c),
    ...weightAndBias(`${prefix}mlp.c_proj`, 4 * c, c),
  ];
  return [
    { name: 'wte.weight', shape: [vocabulary, c] },
    { name: 'wpe.weight', shape: [positions, c] },
    ...Array.from({ length: blocks }, (_, i) => block(`h.${i}.`)).flat(),
    ...weightAndBias('ln_f', c),
  ];
}

/**
 * GPT-2's start: weights normal with deviation 0.02, those that add to the residual stream with 0.02 / sqrt(2
 * · blocks), biases 0, LayerNorm gains 1 (Radford et al. 2019).
 */
export function initialBase(config: ModelConfig, stream: Stream): ParamSet {
  const residual = 0.02 / Math.sqrt(2 * config.n_layer);
  return drawnSet('base', baseTensors(config), ({ name }) => {
    if (!name.endsWith('.weight')) return null;
    if (/\bln_\w\.weight$/.test(name)) return () => 1;
    const deviation = name.endsWith('c_proj.weight') ? residual : 0.02;
    return () => deviation * stream.normal();
  });
}
