import type { Gradients, Trained } from '../model/gradients.js';
import { clipGlobalNorm } from './adam.js';
import { Optimizers } from './optimizers.js';

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
 * gradients, in place, and takes a step of both down them, in place. The moments live as long as the function,
 * and longer where `optimizers` keeps them.
 */
export function policyOptimizer(
  trained: Trained,
  { learningRate, loraLearningRateScale, maxGradientNorm }: PolicyOptimizerOptions,
  optimizers = new Optimizers(),
): (gradients: Pick<Gradients, keyof Trained>) => void {
  const adapters = trained.adapters && optimizers.of('adapters', trained.adapters, { learningRate });
  const loraRate = { learningRate: learningRate * loraLearningRateScale };
  const lora = trained.lora && optimizers.of('lora', trained.lora, loraRate);
  return (gradients) => {
    clipGlobalNorm([gradients.adapters, gradients.lora], maxGradientNorm);
    if (gradients.adapters) adapters?.step(gradients.adapters);
    if (gradients.lora) lora?.step(gradients.lora);
  };
}
