import { tensorsOf, type ParamSet } from '../params/param-set.js';
import { factorsOf, type Factors } from './lora-rank.js';
import type { TunedSets } from './slots.js';

/*
 * Changes that everybody has added to the base model (FLoRA, FedEx-LoRA), each a set of kind "change". Of a module's
 * projection W it holds either factors, for W + alpha · A · B, or the change itself, for W + alpha · D.
 */

/** How the name of a module's whole change D ends. */
export const denseEnding = '.change';

/** What is tuned, without the changes of the base. */
export function withoutChanges(sets: TunedSets): TunedSets {
  const tuned = Object.entries(sets).filter(([, { kind }]) => kind !== 'change');
  return tuned.length === Object.keys(sets).length ? sets : Object.fromEntries(tuned);
}

/** The changes that a set holds over alpha, module by module, each (in, out). */
export function densesOf(set: ParamSet): readonly { readonly name: string; readonly values: Float64Array }[] {
  const products = factorsOf(set).map((factors) => ({ name: factors.name, values: productOf(factors) }));
  const plain = [...tensorsOf(set)].filter(({ name }) => name.endsWith(denseEnding));
  return [
    ...products,
    ...plain.map(({ name, values }) => ({
      name: name.slice(0, -denseEnding.length),
      values: Float64Array.from(values),
    })),
  ];
}

/** A · B, (in, out). */
export function productOf({ inputs, outputs, rank, a, b }: Omit<Factors, 'name'>): Float64Array {
  const values = new Float64Array(inputs * outputs);
  for (let i = 0; i < inputs; i++) {
    for (let k = 0; k < rank; k++) {
      const factor = a[i * rank + k]!;
      for (let j = 0; j < outputs; j++) values[i * outputs + j]! += factor * b[k * outputs + j]!;
    }
  }
  return values;
}
