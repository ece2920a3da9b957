import type * as tf from '@tensorflow/tfjs';
import { paramSet, type ParamSet } from '../params/param-set.js';
import type { Stream } from '../../simulation/random/stream.js';
import type { ModelShape } from './model-shape.js';
import type { LoraConfig, LoraTarget, ModelConfig } from './config.js';
import { fused } from './fused.js';
import type { LoraModule } from './kernels/kernels.js';
import { kernels } from './kernels/index.js';
import { weight, type Weights } from './weights.js';

/** A place for a LoRA module: the change of one projection of one block. */
export interface LoraSite {
  /**
   * `h.0.attn.q`, `h.0.attn.c_proj`, `h.0.mlp.c_fc`, …: its tensors are `<name>.lora_A` and `<name>.lora_B`.
   */
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

/**
 * Every place for a module, target by target over all blocks (first q of every block, then k, …): Step 1.2's
 * order.
 */
export function loraSites(config: ModelConfig, targets: readonly LoraTarget[]): readonly LoraSite[] {
  return targets.flatMap((target) =>
    Array.from({ length: config.n_layer }, (_, block) => siteOf(config, target, block)),
  );
}

/**
 * A client's private modules (Step 1.2): the first `modules` of `loraSites`. `lora_A` is [in, r] and `lora_B`
 * [r, out], which are PEFT's matrices transposed, as Conv1D's weights are. A is uniform on ±1/sqrt(in) as
 * PEFT draws it; B is zero.
 *
 * @throws RangeError where the model has fewer places than `modules`.
 */
export function initialLora(shape: ModelShape, modules: number, stream: Stream): ParamSet {
  const sites = loraSites(shape.config, shape.lora.targets);
  if (modules > sites.length) {
    throw new RangeError(`${modules} LoRA modules asked for, the model has places for ${sites.length}`);
  }
  const { r } = shape.lora;
  const tensors = sites.slice(0, modules).flatMap(({ name, inputs, outputs }) => {
    const bound = 1 / Math.sqrt(inputs);
    const a = Float32Array.from({ length: inputs * r }, () => bound * (2 * stream.uniform() - 1));
    return [
      { name: `${name}.lora_A`, shape: [inputs, r], values: a },
      { name: `${name}.lora_B`, shape: [r, outputs], values: new Float32Array(r * outputs) },
    ];
  });
  return paramSet('lora', tensors);
}

/** Parameters of the first `modules` modules of a model. */
export function loraParameters({ config, lora }: ModelShape, modules: number): number {
  return loraSites(config, lora.targets)
    .slice(0, modules)
    .reduce((sum, { inputs, outputs }) => sum + lora.r * (inputs + outputs), 0);
}

/**
 * x · w + b + (alpha / r) · x · A · B, differentiable with respect to x and every A and B: a frozen
 * projection of the base, for example `h.0.attn.c_attn`, with the modules that change it.
 */
export function loraLinear(
  x: tf.Tensor2D, // (N, in)
  w: tf.Tensor2D, // (in, out)
  b: tf.Tensor1D,
  modules: readonly LoraModule[],
  { alpha, r }: LoraConfig,
): tf.Tensor2D {
  const scale = alpha / r;
  return fused(
    [x, ...modules.flatMap(({ a, b }) => [a, b])],
    () => {
      const y = kernels().affine(x, w, b);
      const { value, saved } = kernels().addLora(y, x, modules, scale);
      return { value, saved: [x, ...saved] };
    },
    (dy, [x, ...saved]) => {
      const dx = kernels().timesTransposed(dy as tf.Tensor2D, w);
      return kernels().loraGradient(dy as tf.Tensor2D, x as tf.Tensor2D, dx, saved, modules, scale);
    },
  );
}

/**
 * The modules that change a projection of the base (`width` columns), in the order of their columns: for
 * c_attn those of q, k and v change a third each.
 */
export function modulesOf(lora: Weights | null, projection: string, width: number): readonly LoraModule[] {
  if (lora === null) return [];
  const names = moduleNames(projection);
  return names.flatMap((name, i) => {
    if (!lora.has(`${name}.lora_A`)) return [];
    const a = weight<tf.Rank.R2>(lora, `${name}.lora_A`);
    const b = weight<tf.Rank.R2>(lora, `${name}.lora_B`);
    return [{ a, b, column: (i * width) / names.length }];
  });
}

/** The modules that change one projection of the base, in the order of its columns. */
function moduleNames(projection: string): readonly string[] {
  if (!projection.endsWith('attn.c_attn')) return [projection];
  const attention = projection.slice(0, -'c_attn'.length);
  return ['q', 'k', 'v'].map((part) => attention + part);
}

function siteOf({ n_embd: width }: ModelConfig, target: LoraTarget, block: number): LoraSite {
  const prefix = `h.${block}.`;
  switch (target) {
    case 'q':
    case 'k':
    case 'v':
    case 'attn.c_proj': {
      const name = target === 'attn.c_proj' ? target : `attn.${target}`;
      return { name: prefix + name, inputs: width, outputs: width };
    }
    case 'mlp.c_fc':
      return { name: prefix + target, inputs: width, outputs: 4 * width };
    case 'mlp.c_proj':
      return { name: prefix + target, inputs: 4 * width, outputs: width };
  }
}
