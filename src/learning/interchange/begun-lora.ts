import { paramSet, tensorsOf, type ParamSet } from '../params/param-set.js';

/**
 * A set as it was drawn, with the tensors of `given` in the place of those of the same names; as it is where nothing is
 * given.
 */
export function begunWith(drawn: ParamSet, given: ParamSet | null): ParamSet {
  if (given === null) return drawn;
  const others = new Map([...tensorsOf(given)].map((tensor) => [tensor.name, tensor]));
  return paramSet(
    drawn.kind,
    [...tensorsOf(drawn)].map((tensor) => ({
      ...tensor,
      values: others.get(tensor.name)?.values ?? tensor.values,
    })),
  );
}
