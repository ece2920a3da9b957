import Type from 'typebox';
import { mapValues } from '../../../map-values.js';
import { strategy } from '../../../strategies/strategy.js';
import { paramSet, sizeOf, tensorsOf, type ParamSet, type TensorSpec } from '../../params/param-set.js';
import type { Attack } from './attack.js';

type Tensor = TensorSpec & { readonly values: Float32Array };
type Tensors = readonly Tensor[];

const last = (tensors: Tensors, change: (tensor: Tensor) => Tensors): Tensors =>
  tensors.flatMap((tensor, index) => (index === tensors.length - 1 ? change(tensor) : [tensor]));

/** What becomes of the tensors of a part. */
const lies = {
  shape: (tensors) => last(tensors, (tensor) => [{ ...tensor, shape: [1, 1, sizeOf(tensor.shape)] }]),
  name: (tensors) => last(tensors, (tensor) => [{ ...tensor, name: `${tensor.name}.other` }]),
  missing: (tensors) => last(tensors, () => []),
  more: (tensors) => last(tensors, (tensor) => [tensor, { ...tensor, name: `${tensor.name}.other` }]),
  order: (tensors) => [...tensors].reverse(),
} as const satisfies Readonly<Record<string, (tensors: Tensors) => Tensors>>;

/** Sends other tensors than the server waits for. */
export const otherTensors = strategy({
  name: 'other-tensors',
  description: 'sends other tensors than it was asked for',
  options: Type.Object({
    what: Type.Enum(Object.keys(lies) as (keyof typeof lies)[], {
      default: 'shape',
      description:
        'of each part the last tensor has another shape or name, is missing, or comes twice under two names; or the ' +
        'tensors come in the opposite order',
    }),
  }),
  make: ({ what }: { readonly what: keyof typeof lies }): Attack => ({
    lie: ({ parts }) => ({ parts: mapValues(parts, (set) => withTensors(set, lies[what])) }),
  }),
});

function withTensors(set: ParamSet, change: (tensors: Tensors) => Tensors): ParamSet {
  return paramSet(set.kind, change([...tensorsOf(set)]));
}
