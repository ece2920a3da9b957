import type { ModelShape } from './model-shape.js';
import { adapterParameters } from './adapters.js';
import { isLlama, llamaProjections } from './llama.js';

/*
 * Floating-point operations for the device model, by counting the multiplications and additions of matrix
 * products (two per weight and token; Kaplan et al. 2020, section 2.1). Attention over rows of length T adds
 * 4 · C · T / 2 per token and block, which is left out: at the rows of a few dozen tokens that are simulated
 * here it is a few per cent.
 */

/**
 * Weights that every token is multiplied with in the frozen model: those of each block's projections, 12 C² of a GPT-2,
 * and the head, V C.
 */
function matrixWeights({ config }: ModelShape): number {
  const { n_embd: width, n_layer: blocks, vocab_size: vocabulary } = config;
  const block = isLlama(config)
    ? [...llamaProjections(config).values()].reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0)
    : 12 * width * width;
  return block * blocks + vocabulary * width;
}

/**
 * Operations of one pass over `tokens` tokens, adapters included; LoRA is merged into the weights and costs
 * nothing.
 */
export function forwardFlops(shape: ModelShape, tokens: number): number {
  return 2 * tokens * (matrixWeights(shape) + adapterParameters(shape));
}

/**
 * Operations of training on `tokens` tokens with a frozen base: its weights are used forward and backward;
 * the `trained` parameters, those of the adapters and of the client's own LoRA modules, get gradients too.
 */
export function trainingFlops(shape: ModelShape, trained: number, tokens: number): number {
  return tokens * (4 * matrixWeights(shape) + 6 * trained);
}
