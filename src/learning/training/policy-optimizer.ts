import type { Gradients } from '../model/gradients.js';
import type { TunedSets } from '../model/slots.js';
import { mapValues } from '../../map-values.js';
import type { ParamSet } from '../params/param-set.js';
import { clipGlobalNorm } from './adam.js';
import { Optimizers } from './optimizers.js';
import { Sgd } from './sgd.js';
import type { Term } from './terms/term.js';

export interface PolicyOptimizerOptions {
  /** The adapters' learning rate. */
  readonly learningRate: number;
  /** The LoRA's learning rate, as a multiple of the adapters'. */
  readonly loraLearningRateScale: number;
  /** Absent: Adam. */
  readonly optimizer?: 'adam' | 'sgd';
  /** Decoupled (AdamW); absent: none. */
  readonly weightDecay?: number;
  /** Bound of the joint Euclidean norm of all gradients. */
  readonly maxGradientNorm: number;
}

/**
 * An optimizer for each part of `trained`. Each call adds what the terms add to the gradients and clips them, in
 * place, and takes a step down them, in place. Adam's moments live as long as the function, and longer where
 * `optimizers` keeps them.
 */
export function policyOptimizer(
  trained: TunedSets,
  {
    learningRate,
    loraLearningRateScale,
    maxGradientNorm,
    optimizer,
    weightDecay = 0,
  }: PolicyOptimizerOptions,
  optimizers = new Optimizers(),
  terms: readonly Term[] = [],
): (gradients: Gradients) => void {
  const scaleOf = ({ kind }: ParamSet) => (kind === 'lora' ? loraLearningRateScale : 1);
  const steppers = mapValues(trained, (set, part) => {
    const rate = { learningRate: learningRate * scaleOf(set), weightDecay };
    return optimizer === 'sgd' ? new Sgd(set.values, rate) : optimizers.of(part, set, rate);
  });
  return (gradients) => {
    for (const term of terms) term.add?.(gradients);
    clipGlobalNorm(Object.values(gradients), maxGradientNorm);
    for (const [part, stepper] of Object.entries(steppers)) stepper.step(gradients[part]!);
    for (const term of terms) term.stepped?.(gradients);
  };
}
