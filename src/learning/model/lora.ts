import type * as tf from '@tensorflow/tfjs';
import { drawnSet, parametersIn, type ParamSet, type TensorSpec } from '../params/param-set.js';
import type { Stream } from '../../simulation/random/stream.js';
import type { ModelShape } from './model-shape.js';
import type { LoraTarget, ModelConfig } from './config.js';
import { fused } from './fused.js';
import type { LoraModule } from './kernels/kernels.js';
import { kernels } from './kernels/index.js';
import { isLlama, llamaBlock, llamaProjections } from './llama.js';
import type { SlotWeights } from './slots.js';
import { weight } from './weights.js';

/** A place for a LoRA module: the change of one projection of one block. */
export interface LoraSite {
  /**
   * `h.0.attn.q`, `h.0.attn.c_proj`, `h.0.mlp.c_fc`, …, of a Llama `model.layers.0.self_attn.q_proj`, …: its tensors
   * are `<name>.lora_A` and `<name>.lora_B`.
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
 * A client's modules (Step 1.2): the first `modules` of `loraSites`, of the model's rank where no other is given.
 * `lora_A` is [in, r] and `lora_B`
 * [r, out], which are PEFT's matrices transposed, as Conv1D's weights are. A is uniform on ±1/sqrt(in) as
 * PEFT draws it; B is zero.
 *
 * @throws RangeError where the model has fewer places than `modules`.
 */
export function initialLora(shape: ModelShape, modules: number, stream: Stream, rank?: number): ParamSet {
  const sites = loraSites(shape.config, shape.lora.targets);
  if (modules > sites.length) {
    throw new RangeError(`${modules} LoRA modules asked for, the model has places for ${sites.length}`);
  }
  return drawnSet('lora', loraTensors(shape, modules, rank), ({ name, shape: [inputs] }) => {
    const bound = 1 / Math.sqrt(inputs!);
    return name.endsWith('.lora_A') ? () => bound * (2 * stream.uniform() - 1) : null;
  });
}

export function loraTensors(
  { config, lora }: ModelShape,
  modules: number,
  rank = lora.r,
): readonly TensorSpec[] {
  const sites = loraSites(config, lora.targets).slice(0, modules);
  return sites.flatMap(({ name, inputs, outputs }) => [
    { name: `${name}.lora_A`, shape: [inputs, rank] },
    { name: `${name}.lora_B`, shape: [rank, outputs] },
  ]);
}

/** Parameters of the first `modules` modules of a model. */
export function loraParameters(shape: ModelShape, modules: number): number {
  return parametersIn(loraTensors(shape, modules));
}

/**
 * x · w + b + scale · x · A · B, differentiable with respect to every A and B, and to x unless that is a constant: a
 * frozen projection of the base, for example `h.0.attn.c_attn`, with the modules that change it.
 */
export function loraLinear(
  x: tf.Tensor2D, // (N, in)
  w: tf.Tensor2D, // (in, out)
  b: tf.Tensor1D,
  modules: readonly LoraModule[],
  isConstant = false,
): tf.Tensor2D {
  const tensors = modules.flatMap(({ a, b }) => [a, b]);
  return fused(
    isConstant ? tensors : [x, ...tensors],
    () => {
      const y = kernels().affine(x, w, b);
      const { value, saved } = kernels().addLora(y, x, modules);
      return { value, saved: [x, ...saved] };
    },
    (dy, [x, ...saved]) => {
      const dx = isConstant ? null : kernels().timesTransposed(dy as tf.Tensor2D, w);
      return kernels().loraGradient(dy as tf.Tensor2D, x as tf.Tensor2D, dx, saved, modules);
    },
  );
}

/**
 * The modules that change a projection of the base (`width` columns), in the order of their columns: for
 * c_attn those of q, k and v change a third each. A module's change is scaled by alpha over its own rank (PEFT),
 * and by its slot's share.
 */
export function modulesOf(
  slots: readonly SlotWeights[],
  projection: string,
  width: number,
  alpha: number,
): readonly LoraModule[] {
  if (slots.length === 0) return [];
  const names = moduleNames(projection);
  return names.flatMap((name, i) =>
    slots.flatMap(({ weights, share }) => {
      if (!weights.has(`${name}.lora_A`)) return [];
      const a = weight<tf.Rank.R2>(weights, `${name}.lora_A`);
      const b = weight<tf.Rank.R2>(weights, `${name}.lora_B`);
      return [{ a, b, column: (i * width) / names.length, scale: share * (alpha / a.shape[1]) }];
    }),
  );
}

/** The modules that change one projection of the base, in the order of its columns. */
function moduleNames(projection: string): readonly string[] {
  if (!projection.endsWith('attn.c_attn')) return [projection];
  const attention = projection.slice(0, -'c_attn'.length);
  return ['q', 'k', 'v'].map((part) => attention + part);
}

/**
 * Where in the base a module is: of the columns of a projection the part `index` of `of`, which is one of three for q, k
 * and v and all of it for the others.
 */
export function placeOf(module: string): {
  readonly projection: string;
  readonly index: number;
  readonly of: number;
} {
  const index = ['q', 'k', 'v'].findIndex((part) => module.endsWith(`.attn.${part}`));
  if (index < 0) return { projection: module, index: 0, of: 1 };
  return { projection: `${module.slice(0, -1)}c_attn`, index, of: 3 };
}

/** Where a target's projection is in a block of a GPT-2, and its inputs and outputs in widths of the model. */
const projections: Readonly<
  Partial<Record<LoraTarget, readonly [name: string, inputs: number, outputs: number]>>
> = {
  q: ['attn.q', 1, 1],
  k: ['attn.k', 1, 1],
  v: ['attn.v', 1, 1],
  'attn.c_proj': ['attn.c_proj', 1, 1],
  'mlp.c_fc': ['mlp.c_fc', 1, 4],
  'mlp.c_proj': ['mlp.c_proj', 4, 1],
};

/** The targets that a model of this architecture has. */
export function targetsOf(config: ModelConfig): readonly LoraTarget[] {
  return isLlama(config)
    ? [...llamaProjections(config).keys()]
    : (Object.keys(projections) as (keyof typeof projections)[]);
}

function siteOf(config: ModelConfig, target: LoraTarget, block: number): LoraSite {
  if (isLlama(config)) {
    const { name, inputs, outputs } = known(llamaProjections(config).get(target), target);
    return { name: `${llamaBlock(block)}${name}`, inputs, outputs };
  }
  const { n_embd: width } = config;
  const [name, inputs, outputs] = known(projections[target], target);
  return { name: `h.${block}.${name}`, inputs: inputs * width, outputs: outputs * width };
}

function known<T>(place: T | undefined, target: LoraTarget): T {
  if (place === undefined) throw new RangeError(`the model has no projection ${target} for LoRA`);
  return place;
}
