import type { LoraConfig } from '../model/config.js';
import { sharedFloats, tensorsOf, type ParamSet } from '../params/param-set.js';
import { loraFactors, placeOfModule } from './lora-modules.js';

/**
 * A base model with LoRA merged: W + (alpha / r) · A · B, r a module's own rank, of the columns that it changes. Products are
 * summed in float64 and rounded once.
 *
 * @throws Error where a module's projection is none of the base's.
 */
export function mergedBase(base: ParamSet, lora: ParamSet, { alpha }: Pick<LoraConfig, 'alpha'>): ParamSet {
  const values = sharedFloats(base.values.length);
  values.set(base.values);
  const merged = { kind: base.kind, tensors: base.tensors, values };
  const weights = new Map([...tensorsOf(merged)].map((tensor) => [tensor.name, tensor]));
  for (const { name, inputs, rank, outputs, a, b } of loraFactors(lora)) {
    const { projection, part } = placeOfModule(name);
    const weight = weights.get(`${projection}.weight`);
    if (!weight) throw new Error(`the base model has no ${projection}.weight for LoRA of ${name}`);
    const columns = weight.shape[1]!;
    const scale = alpha / rank;
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++) {
        let sum = 0;
        for (let c = 0; c < rank; c++) sum += a[i * rank + c]! * b[c * outputs + o]!;
        weight.values[i * columns + part * outputs + o]! += scale * sum;
      }
    }
  }
  return merged;
}
