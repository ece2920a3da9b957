import type { Gradients } from '../model/gradients.js';
import type { TunedSets } from '../model/slots.js';
import { mapValues } from '../../map-values.js';
import type { ParamSet } from '../params/param-set.js';
import { clipGlobalNorm } from './adam.js';
import { Optimizers } from './optimizers.js';

export interface PolicyOptimizerOptions {
  /** The adapters' learning rate. */
  readonly learningRate: number;
  /** The LoRA's learning rate, as a multiple of the adapters'. */
  readonly loraLearningRateScale: number;
  /** Bound of the joint Euclidean norm of all gradients. */
  readonly maxGradientNorm: number;
}

/**
 * One Adam for each part of `tuned`. Each call clips the gradients, in place, and takes a step down them, in place.
 * The moments live as long as the function, and longer where `optimizers` keeps them.
 */
export function policyOptimizer(
  tuned: TunedSets,
  { learningRate, loraLearningRateScale, maxGradientNorm }: PolicyOptimizerOptions,
  optimizers = new Optimizers(),
): (gradients: Gradients) => void {
  const scaleOf = ({ kind }: ParamSet) => (kind === 'lora' ? loraLearningRateScale : 1);
  const adams = mapValues(tuned, (set, part) =>
    optimizers.of(part, set, { learningRate: learningRate * scaleOf(set) }),
  );
  return (gradients) => {
    clipGlobalNorm(Object.values(gradients), maxGradientNorm);
    for (const [part, adam] of Object.entries(adams)) adam.step(gradients[part]!);
  };
}
