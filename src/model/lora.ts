import * as tf from '@tensorflow/tfjs';
import { paramSet, type ParamSet } from '../params/param-set.js';
import type { Stream } from '../random/stream.js';
import type { ModelShape } from '../training/task.js';
import type { LoraConfig, LoraTarget, ModelConfig } from './config.js';
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

/** True where any module changes the projection `name`, for example `h.0.attn.c_attn`. */
export function hasLora(lora: Weights, name: string): boolean {
  return moduleNames(name).some((module) => lora.has(`${module}.lora_A`));
}

/**
 * W + (alpha / r) · A · B, (in, out), differentiable with respect to A and B. For c_attn the modules q, k, v
 * change a third of the columns each. Changing the weight costs one small product a step, instead of two thin
 * ones over all tokens.
 */
export function adaptedWeight(w: tf.Tensor2D, lora: Weights, name: string, config: LoraConfig): tf.Tensor2D {
  const names = moduleNames(name);
  const third: [number, number] = [w.shape[0], w.shape[1] / names.length];
  const parts = names.map((module) => {
    if (!lora.has(`${module}.lora_A`)) return tf.zeros<tf.Rank.R2>(third);
    const a = weight<tf.Rank.R2>(lora, `${module}.lora_A`);
    return tf.matMul(a, weight<tf.Rank.R2>(lora, `${module}.lora_B`));
  });
  const change = parts.length === 1 ? parts[0]! : tf.concat(parts, 1);
  return tf.add(w, tf.mul(change, config.alpha / config.r));
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
