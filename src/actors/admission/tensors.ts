import type { TensorSpec } from '../../learning/params/param-set.js';
import type { Check } from './check.js';

/**
 * It has the parts of its kind in its round, and of each the sender's own tensors, by name, shape and order: no fewer,
 * unless its link brought a part of it, and no others.
 */
export const tensors: Check = {
  name: 'tensors',
  readsValues: false,
  of: ({ sets, inPart }, expected) => {
    const other = Object.keys(sets).find((part) => !expected.tensors[part]);
    if (other !== undefined) return `it has ${other}, which nobody asked for`;
    for (const [part, wanted] of Object.entries(expected.tensors)) {
      const set = sets[part];
      if (set || !inPart) {
        const wrong = set ? wrongIn(set.tensors, wanted, inPart) : 'is missing';
        if (wrong !== null) return `${part} ${wrong}`;
      }
    }
    return null;
  },
};

function wrongIn(own: readonly TensorSpec[], wanted: readonly TensorSpec[], inPart: boolean): string | null {
  const names = new Set(own.map(({ name }) => name));
  const due = inPart ? wanted.filter(({ name }) => names.has(name)) : wanted;
  const length = Math.max(own.length, due.length);
  for (let i = 0; i < length; i++) {
    const [is, was] = [textOf(own[i]), textOf(due[i])];
    if (is !== was) return `has ${is} where ${was} belongs`;
  }
  return null;
}

function textOf(tensor: TensorSpec | undefined): string {
  return tensor ? `${tensor.name} [${tensor.shape.join(', ')}]` : 'nothing';
}
