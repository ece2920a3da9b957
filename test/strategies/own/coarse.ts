import Type from 'typebox';
import { paramSet, strategy, tensorsOf, type Codec, type ParamSet } from '../../../src/index.js';

/**
 * Multiples of a step in one byte each, with error feedback (Seide et al., 2014): what rounding took from one
 * message is added to the next.
 */
export const coarse = strategy({
  name: 'coarse',
  description: 'one byte per parameter, with error feedback',
  options: Type.Object({ step: Type.Number({ exclusiveMinimum: 0 }) }, { additionalProperties: false }),
  make: ({ step }: { step: number }): Codec => {
    const like = (set: ParamSet, values: ArrayLike<number>) => {
      let at = 0;
      const tensors = [...tensorsOf(set)].map(({ name, shape, values: { length } }) => ({
        name,
        shape,
        values: Array.from({ length }, () => values[at++]!),
      }));
      return paramSet(set.kind, tensors);
    };
    return {
      encode(set, memory) {
        const residual = memory.sets['residual']?.values;
        const wanted = set.values.map((x, i) => x + (residual?.[i] ?? 0));
        const levels = Int8Array.from(wanted, (x) => Math.max(-127, Math.min(127, Math.round(x / step))));
        const rest = wanted.map((x, i) => x - levels[i]! * step);
        return {
          bytes: new Uint8Array(levels.buffer),
          memory: { sets: { residual: like(set, rest) }, notes: {} },
        };
      },
      decode: (bytes, set) =>
        like(
          set,
          Float32Array.from(new Int8Array(bytes.buffer), (level) => level * step),
        ),
      expectedBits: (parameters) => 8 * parameters,
    };
  },
});
