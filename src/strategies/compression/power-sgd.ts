import Type from 'typebox';
import {
  paramSet,
  sharedFloats,
  sizeOf,
  tensorsOf,
  type ParamSet,
  type TensorSpec,
} from '../../learning/params/param-set.js';
import { closed } from '../../settings/form.js';
import { codec } from './codec.js';
import { framedCodec, type Coding } from './coding.js';
import { factorized, multiplied, startOf } from './low-rank.js';
import { lossy } from './own-options.js';
import { joined } from './payload.js';

/**
 * Each matrix of a part as the product of two of low rank (Vogels, Karimireddy and Jaggi, PowerSGD, NeurIPS 2019):
 * see `factorized`. The next message starts from the Q of the last one that the recipient has. Vectors
 * travel whole, and so do matrices that are no larger than their factors. A tensor of more than two extents is a
 * matrix of its first by all others.
 */
export const powerSgd = codec({
  name: 'power-sgd',
  description: 'the change of every matrix as a product of low rank',
  options: closed({
    rank: Type.Integer({ minimum: 1, default: 2, description: 'r: of n·m parameters r·(n + m) travel' }),
    ...lossy({ delta: true, errorFeedback: true }),
  }),
  make: ({ direction: _, rank, ...common }) => framedCodec(lowRank(rank), common),
});

function lowRank(rank: number): Coding {
  return {
    encode(set, { sets, notes }, draw) {
      const before = new Map(
        sets['q'] ? [...tensorsOf(sets['q'])].map(({ name, values }) => [name, values]) : [],
      );
      const made = [...tensorsOf(set)].map((tensor) => {
        const size = factorsOf(tensor, rank);
        if (size === null) return { floats: [tensor.values], q: [] };
        const { rows, columns, r } = size;
        const start = startOf(before.get(tensor.name), columns, r, draw);
        const { p, q } = factorized({ rows, columns, values: tensor.values }, start, r);
        return { floats: [p, q], q: [{ name: tensor.name, shape: [columns, r], values: q }] };
      });
      const q = paramSet(
        set.kind,
        made.flatMap(({ q }) => q),
      );
      return {
        payload: joined(...made.flatMap(({ floats }) => floats)),
        memory: { sets: { ...sets, q }, notes },
      };
    },
    decode(reader, like) {
      const arrived: ParamSet = { ...like, values: sharedFloats(like.values.length) };
      for (const tensor of tensorsOf(arrived)) {
        const size = factorsOf(tensor, rank);
        if (size === null) tensor.values.set(reader.floats(tensor.values.length));
        else {
          const { rows, columns, r } = size;
          const [p, q] = [reader.floats(rows * r), reader.floats(columns * r)];
          multiplied({ p, q }, r, tensor.values);
        }
      }
      return arrived.values;
    },
    payloadBits: (_, tensors) => 32 * tensors.reduce((sum, tensor) => sum + floatsOf(tensor, rank), 0),
    // Two products with a matrix of r columns, a product and a sum each; the factors' own cost is small beside it.
    flopsPerParameter: 4 * rank,
  };
}

/** Extents of a tensor's factors; null where it travels whole. */
function factorsOf({ shape }: TensorSpec, rank: number) {
  if (shape.length < 2) return null;
  const rows = shape[0]!;
  const columns = sizeOf(shape.slice(1));
  const r = Math.min(rank, rows, columns);
  return r * (rows + columns) < rows * columns ? { rows, columns, r } : null;
}

function floatsOf(tensor: TensorSpec, rank: number): number {
  const size = factorsOf(tensor, rank);
  return size === null ? sizeOf(tensor.shape) : size.r * (size.rows + size.columns);
}
