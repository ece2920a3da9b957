import { drawnSet, tensorsOf, type ParamSet, type TensorSpec } from '../params/param-set.js';
import { hasRole } from './roles.js';

/**
 * A set of LoRA, or of one of its matrices, as these tensors: of the modules that they name, each of the rank that
 * their shapes have. Its first components stay where the rank falls (truncation), components of zero come behind
 * them where it rises (zero-padding). A module's change is alpha / rank · A · B (PEFT), so both matrices are scaled
 * by the root of new rank / old rank: what stays of a change is what it was. The set itself where it has these
 * tensors already.
 *
 * @throws RangeError where the set lacks a module.
 */
export function withTensors(set: ParamSet, tensors: readonly TensorSpec[]): ParamSet {
  if (areLike(set.tensors, tensors)) return set;
  const own = new Map([...tensorsOf(set)].map((tensor) => [tensor.name, tensor]));
  const result = drawnSet(set.kind, tensors, () => null);
  for (const { name, shape, values } of tensorsOf(result)) {
    const from = own.get(name);
    if (!from) throw new RangeError(`a set of ${set.kind} without ${name} was to be cut to it`);
    const [rows, columns] = shape as [number, number];
    const [oldRows, oldColumns] = from.shape as [number, number];
    const scale = Math.sqrt(rankOf({ name, shape }) / rankOf(from));
    for (let row = 0; row < Math.min(rows, oldRows); row++) {
      for (let column = 0; column < Math.min(columns, oldColumns); column++) {
        values[row * columns + column] = scale * from.values[row * oldColumns + column]!;
      }
    }
  }
  return result;
}

/** The rank of the module that a tensor of LoRA is in: A is [in, r], B is [r, out]. */
export function rankOf({ name, shape }: TensorSpec): number {
  return hasRole(name, ['A']) ? shape[1]! : shape[0]!;
}

function areLike(some: readonly TensorSpec[], others: readonly TensorSpec[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ name, shape }, i) => others[i]!.name === name && others[i]!.shape.join() === shape.join())
  );
}

/** A module of LoRA: A (in, r) and B (r, out), row-major. */
export interface Factors {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly rank: number;
  readonly a: Float32Array | Float64Array;
  readonly b: Float32Array | Float64Array;
}

/** The modules of a set that has both matrices of each, in its order. */
export function factorsOf(set: ParamSet): readonly Factors[] {
  const tensors = new Map([...tensorsOf(set)].map((tensor) => [tensor.name, tensor]));
  return [...tensors.values()].flatMap((a) => {
    const name = a.name.slice(0, -'.lora_A'.length);
    const b = tensors.get(`${name}.lora_B`);
    if (!hasRole(a.name, ['A']) || !b) return [];
    const [inputs, rank] = a.shape as [number, number];
    return [{ name, inputs, outputs: b.shape[1]!, rank, a: a.values, b: b.values }];
  });
}

/** The two tensors of a module, as `paramSet` takes them. */
export function tensorsOfFactors({ name, inputs, outputs, rank, a, b }: Factors) {
  return [
    { name: `${name}.lora_A`, shape: [inputs, rank], values: a },
    { name: `${name}.lora_B`, shape: [rank, outputs], values: b },
  ];
}

/** ‖A · B‖ by Frobenius, from the Gram matrices of its factors: its square is the sum of (AᵀA) ∘ (BBᵀ). */
export function productNorm({ inputs, outputs, rank, a, b }: Factors): number {
  let square = 0;
  for (let i = 0; i < rank; i++) {
    for (let j = 0; j < rank; j++) {
      let [left, right] = [0, 0];
      for (let n = 0; n < inputs; n++) left += a[n * rank + i]! * a[n * rank + j]!;
      for (let n = 0; n < outputs; n++) right += b[i * outputs + n]! * b[j * outputs + n]!;
      square += left * right;
    }
  }
  return Math.sqrt(Math.max(0, square));
}
