import {
  paramSet,
  parametersIn,
  sizeOf,
  type ParamSet,
  type TensorSpec,
} from '../../learning/params/param-set.js';
import type { Aggregation, ToAggregate, Update } from './aggregation.js';
import { middle, perCoordinate, type Vector } from './coordinates.js';
import { byName, plus, type TensorOfSet } from './deltas.js';
import type { Of } from './mean.js';
import { inOrder, kindOf } from './weighted-mean.js';

/** The updates as one vector each, over all of their tensors, and what becomes of a vector that was made of them. */
export interface WholeVectors {
  /** In the one order in which a rule takes its updates. */
  readonly updates: readonly Update[];
  readonly vectors: readonly Vector[];
  /** The tensors that stand in a vector one after the other. */
  readonly tensors: readonly TensorSpec[];
  /** The global set that a vector of these stands for. */
  readonly asGlobal: (vector: Vector) => ParamSet;
}

/** An aggregation that makes one vector of its updates' vectors, and remembers nothing. */
export function vectorRule(
  of: Of,
  combine: (vectors: readonly Vector[], updates: readonly Update[]) => Vector,
): Aggregation {
  return (given) => {
    const { vectors, updates, asGlobal } = wholeVectors(given, of);
    return { global: asGlobal(combine(vectors, updates)), memory: given.memory };
  };
}

/**
 * Vectors of parameters, or of what each client changed since its download. Where clients hold different
 * tensors, a client counts as not having changed what it lacks. Of a tensor that the global model does not hold
 * yet it is taken to have the coordinate median over those who do; as a change from nothing such a tensor
 * cannot be told, and with deltas it becomes that median.
 */
export function wholeVectors(given: Pick<ToAggregate, 'global' | 'updates'>, of: Of): WholeVectors {
  const updates = inOrder(given.updates);
  const held = byName(given.global);
  const all = specsOf(given.global, updates);
  const medians = mediansOf(
    all.filter(({ name }) => !held.has(name)),
    updates,
  );
  return of === 'weights' ? ofWeights(updates, all, held, medians) : ofDeltas(updates, all, held, medians);
}

type Held = ReadonlyMap<string, TensorOfSet>;

function ofWeights(
  updates: readonly Update[],
  tensors: readonly TensorSpec[],
  held: Held,
  medians: ReadonlyMap<string, Vector>,
): WholeVectors {
  const vectors = updates.map(({ params }) => {
    if (params.tensors.length === tensors.length && tensors.every(isAt(params))) return params.values;
    const own = byName(params);
    return joined(
      tensors,
      ({ name }) => own.get(name)?.values ?? held.get(name)?.values ?? medians.get(name)!,
    );
  });
  return { updates, vectors, tensors, asGlobal: (vector) => setOfVector(kindOf(updates), tensors, vector) };
}

function ofDeltas(
  updates: readonly Update[],
  all: readonly TensorSpec[],
  held: Held,
  medians: ReadonlyMap<string, Vector>,
): WholeVectors {
  const tensors = all.filter(({ name }) => held.has(name));
  const begun = all.filter(({ name }) => medians.has(name));
  const vectors = updates.map(({ params, base }) => {
    const [own, start] = [byName(params), byName(base)];
    return joined(tensors, ({ name, shape }) => {
      const [to, from] = [own.get(name)?.values, start.get(name)?.values];
      return to && from ? plus(to, from, -1) : new Float64Array(sizeOf(shape));
    });
  });
  const before = joined(tensors, ({ name }) => held.get(name)!.values);
  const asGlobal = (vector: Vector) => {
    const values = [plus(before, vector), ...begun.map(({ name }) => medians.get(name)!)];
    return setOfVector(kindOf(updates), [...tensors, ...begun], concatenated(values));
  };
  return { updates, vectors, tensors, asGlobal };
}

/** The tensors that updates hold: first those of the global set, then in the order in which they appear. */
function specsOf(global: ParamSet | null, updates: readonly Update[]): readonly TensorSpec[] {
  const sent = new Map<string, TensorSpec>();
  for (const { client, params } of updates) {
    for (const spec of params.tensors) {
      const other = sent.get(spec.name) ?? global?.tensors.find(({ name }) => name === spec.name);
      if (other && other.shape.join() !== spec.shape.join()) {
        throw new Error(
          `${client} sent ${spec.name} as [${spec.shape.join()}], others as [${other.shape.join()}]`,
        );
      }
      sent.set(spec.name, spec);
    }
  }
  const before = (global?.tensors ?? []).filter(({ name }) => sent.has(name));
  return [...new Map([...before, ...sent.values()].map((spec) => [spec.name, spec])).values()];
}

/** The coordinate median of each tensor over the updates that hold it. */
function mediansOf(tensors: readonly TensorSpec[], updates: readonly Update[]): ReadonlyMap<string, Vector> {
  const sets = updates.map(({ params }) => byName(params));
  return new Map(
    tensors.map(({ name }) => [
      name,
      perCoordinate(
        sets.flatMap((set) => set.get(name)?.values ?? []),
        middle,
      ),
    ]),
  );
}

const isAt =
  ({ tensors }: ParamSet) =>
  ({ name }: TensorSpec, index: number) =>
    tensors[index]?.name === name;

function joined(tensors: readonly TensorSpec[], valuesOf: (tensor: TensorSpec) => Vector): Float64Array {
  return concatenated(tensors.map(valuesOf), parametersIn(tensors));
}

function concatenated(
  parts: readonly Vector[],
  length = parts.reduce((sum, part) => sum + part.length, 0),
): Float64Array {
  const whole = new Float64Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** The values of a set that stand in vectors of these tensors, zeros where it lacks one. */
export function vectorOf(tensors: readonly TensorSpec[], set: ParamSet | undefined): Float64Array {
  const own = byName(set);
  return joined(tensors, ({ name, shape }) => own.get(name)?.values ?? new Float64Array(sizeOf(shape)));
}

/** A vector of these tensors as a set. */
export function setOfVector(
  kind: ParamSet['kind'],
  tensors: readonly TensorSpec[],
  vector: Vector,
): ParamSet {
  let offset = 0;
  return paramSet(
    kind,
    tensors.map(({ name, shape }) => {
      const values = vector.subarray(offset, offset + sizeOf(shape));
      offset += values.length;
      return { name, shape, values };
    }),
  );
}
