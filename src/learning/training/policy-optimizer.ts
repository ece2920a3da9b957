import type { Gradients, Trained } from '../model/gradients.js';
import { Adam, clipGlobalNorm } from './adam.js';

export interface PolicyOptimizerOptions {
  /** The adapters' learning rate. */
  readonly learningRate: number;
  /** The LoRA's learning rate, as a multiple of the adapters'. */
  readonly loraLearningRateScale: number;
  /** Bound of the joint Euclidean norm of both parts' gradients. */
  readonly maxGradientNorm: number;
}

/**
 * One Adam for the adapters and one for the LoRA of `trained`, whichever there are. Each call clips the
 * gradients, in place, and takes a step of both down them, in place; the moments live as long as the function.
 */
export function policyOptimizer(
  trained: Trained,
  { learningRate, loraLearningRateScale, maxGradientNorm }: PolicyOptimizerOptions,
): (gradients: Pick<Gradients, keyof Trained>) => void {
  const adapters = trained.adapters && new Adam(trained.adapters.values, { learningRate });
  const lora =
    trained.lora && new Adam(trained.lora.values, { learningRate: learningRate * loraLearningRateScale });
  return (gradients) => {
    clipGlobalNorm([gradients.adapters, gradients.lora], maxGradientNorm);
    if (gradients.adapters) adapters?.step(gradients.adapters);
    if (gradients.lora) lora?.step(gradients.lora);
  };
}
