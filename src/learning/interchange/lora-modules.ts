import { tensorsOf, type ParamSet } from '../params/param-set.js';

/** The low-rank change A · B of a matrix [inputs, outputs], up to a scale. */
export interface Factors {
  readonly inputs: number;
  readonly rank: number;
  readonly outputs: number;
  /** [inputs, rank], row-major. */
  readonly a: Float32Array;
  /** [rank, outputs], row-major. */
  readonly b: Float32Array;
}

/** One module of a set: `h.0.attn.q`, `h.0.mlp.c_fc`, …. */
export interface LoraFactors extends Factors {
  readonly name: string;
}

/** The projection of the base that a module changes, and which of its equal parts, by columns. */
export interface LoraPlace {
  /** `h.0.attn.c_attn`, `h.0.mlp.c_fc`, …. */
  readonly projection: string;
  readonly part: number;
  readonly parts: number;
}

/** Thirds of the columns of c_attn, in their order. */
export const attentionParts = ['q', 'k', 'v'] as const;

/** Every module of a set of LoRA, by the names of its tensors, in the order of its A's. */
export function loraFactors(lora: ParamSet): readonly LoraFactors[] {
  const tensors = new Map([...tensorsOf(lora)].map((tensor) => [tensor.name, tensor]));
  return [...tensors.values()].flatMap(({ name: tensor, shape: [inputs, rank], values: a }) => {
    if (!tensor.endsWith('.lora_A')) return [];
    const name = tensor.slice(0, -'.lora_A'.length);
    const b = tensors.get(`${name}.lora_B`);
    if (!b) throw new Error(`a set of LoRA has ${tensor} and no ${name}.lora_B`);
    return [{ name, inputs: inputs!, rank: rank!, outputs: b.shape[1]!, a, b: b.values }];
  });
}

/** Where a module of this name is in the base. */
export function placeOfModule(name: string): LoraPlace {
  const cut = name.lastIndexOf('.');
  const part = (attentionParts as readonly string[]).indexOf(name.slice(cut + 1));
  if (part < 0) return { projection: name, part: 0, parts: 1 };
  return { projection: `${name.slice(0, cut)}.c_attn`, part, parts: attentionParts.length };
}

/** Names of the modules that change a projection, in the order of its columns. */
export function modulesOfProjection(projection: string): readonly string[] {
  if (!projection.endsWith('.attn.c_attn')) return [projection];
  return attentionParts.map((part) => projection.slice(0, -'c_attn'.length) + part);
}

/** A matrix [rows, columns], row-major, as [columns, rows]. */
export function transposed(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = values[row * columns + column]!;
    }
  }
  return turned;
}
