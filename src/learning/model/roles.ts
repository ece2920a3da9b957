import { parametersIn, sizeOf, sharedFloats, type ParamSet, type TensorSpec } from '../params/param-set.js';

/** What is inserted into a base model: bottleneck adapters, or LoRA modules. */
export type SlotKind = 'adapters' | 'lora';

/** What a tensor does in its module: an adapter's projections with their biases, and the two matrices of LoRA. */
export type Role = 'down' | 'up' | 'A' | 'B';

/** The roles of the tensors of each kind, in the order of the way through a module. */
export const rolesOf: Readonly<Record<SlotKind, readonly Role[]>> = {
  adapters: ['down', 'up'],
  lora: ['A', 'B'],
};

/** Each role by how the names of its tensors end. */
const endings: Readonly<Record<Role, readonly string[]>> = {
  down: ['.down.weight', '.down.bias'],
  up: ['.up.weight', '.up.bias'],
  A: ['.lora_A'],
  B: ['.lora_B'],
};

/** Whether a tensor has one of these roles. */
export function hasRole(name: string, roles: readonly Role[]): boolean {
  return roles.some((role) => endings[role].some((ending) => name.endsWith(ending)));
}

/** The tensors of some roles. */
export function tensorsWith(tensors: readonly TensorSpec[], roles: readonly Role[]): readonly TensorSpec[] {
  return tensors.filter(({ name }) => hasRole(name, roles));
}

/** The part of a set that has some roles, in the set's order; the set itself where all of it has. */
export function setWith(set: ParamSet, roles: readonly Role[]): ParamSet {
  const tensors = tensorsWith(set.tensors, roles);
  if (tensors.length === set.tensors.length) return set;
  const values = sharedFloats(parametersIn(tensors));
  let [from, to] = [0, 0];
  for (const { name, shape } of set.tensors) {
    const size = sizeOf(shape);
    if (hasRole(name, roles)) {
      values.set(set.values.subarray(from, from + size), to);
      to += size;
    }
    from += size;
  }
  return { kind: set.kind, tensors, values };
}
