import { paramSet, tensorsOf, type ParamSet } from '../../learning/params/param-set.js';

/** A set with those tensors of the one before that it lacks, in the order of the one before, what is new last. */
export function withKept(made: ParamSet, before: ParamSet | null): ParamSet {
  const names = new Set(made.tensors.map(({ name }) => name));
  if (before === null || before.tensors.every(({ name }) => names.has(name))) return made;
  return onto(before, made);
}

/** The set before with the tensors of a new one in their places, what it lacked last. */
export function onto(before: ParamSet, made: ParamSet): ParamSet {
  const tensors = new Map([...tensorsOf(before), ...tensorsOf(made)].map((tensor) => [tensor.name, tensor]));
  return paramSet(made.kind, [...tensors.values()]);
}
