import {
  paramSet,
  sizeOf,
  tensorsOf,
  type ParamSet,
  type TensorSpec,
} from '../../learning/params/param-set.js';
import type { Codec } from './codec.js';
import { joined } from './payload.js';
import { travel, type Sender, type Travelled } from './travel.js';

/** A set that was encoded tensor by tensor: the bits of each, in the order of the set. */
export interface TravelledByTensor extends Travelled {
  readonly bits: readonly number[];
}

/**
 * Encodes a set as `travel` does, each tensor by itself, so that a recipient can read those of which it has all
 * bytes. For codecs that do the same to a tensor whatever stands beside it, and remember nothing: what arrives is
 * then, bit for bit, what arrives of the set as a whole.
 */
export function travelByTensor(codec: Codec, set: ParamSet, sender: Sender): TravelledByTensor {
  const [bases, residuals] = [singles(sender.base), singles(sender.residual)];
  const sent = [...singles(set)].map(([name, single]) =>
    travel(codec, single, {
      base: bases.get(name) ?? null,
      residual: residuals.get(name) ?? null,
      memory: sender.memory,
      draw: sender.draw,
    }),
  );
  const owed = sent.flatMap(({ residual }) => residual ?? []);
  const owes = owed.length > 0;
  return {
    bytes: joined(...sent.map(({ bytes }) => bytes)),
    bits: sent.map(({ bytes }) => 8 * bytes.byteLength),
    arrived: together(
      set,
      sent.map(({ arrived }) => arrived),
    ),
    memory: sender.memory,
    residual: owes
      ? {
          delivered: together(
            set,
            owed.map(({ delivered }) => delivered),
          ),
          dropped: together(
            set,
            owed.map(({ dropped }) => dropped),
          ),
        }
      : null,
  };
}

/** The most that a set takes before there is one, tensor by tensor. */
export function expectedBitsByTensor(codec: Codec, tensors: readonly TensorSpec[]): number {
  return tensors.reduce((sum, tensor) => sum + codec.expectedBits(sizeOf(tensor.shape), [tensor]), 0);
}

/** Each tensor as a set of its own, by its name. */
function singles(set: ParamSet | null): ReadonlyMap<string, ParamSet> {
  if (set === null) return new Map();
  return new Map(
    [...tensorsOf(set)].map(({ name, shape, values }) => [
      name,
      { kind: set.kind, tensors: [{ name, shape }], values },
    ]),
  );
}

function together(like: ParamSet, sets: readonly ParamSet[]): ParamSet {
  return paramSet(
    like.kind,
    sets.flatMap((set) => [...tensorsOf(set)]),
  );
}
