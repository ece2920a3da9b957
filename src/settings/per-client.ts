import Type, { type Static, type TNumber } from 'typebox';
import { stream, type Stream } from '../simulation/random/stream.js';
import { closed } from './form.js';

/*
 * A quantity that may differ among the clients: one number for all, a list with one for each, or a law from
 * which each client's is drawn (decision D3: keyed by seed, quantity and client).
 */

/** A client, and the seed of its draws. */
export interface KeyedClient {
  readonly seed: number;
  readonly id: string;
  /** From 0, the client's place in lists; no draw depends on it. */
  readonly index: number;
}

const branches = (number: TNumber) => {
  const bound = (description: string) => Type.Optional({ ...number, description });
  return [
    number,
    Type.Array(number, { minItems: 1, description: 'one for each client' }),
    closed({
      uniform: Type.Array(number, {
        minItems: 2,
        maxItems: 2,
        description: 'drawn for each client, uniform from the first to the second',
      }),
    }),
    closed({
      normal: closed(
        {
          mean: Type.Number({ description: 'of the law before it is cut off' }),
          sd: Type.Number({ minimum: 0, description: 'standard deviation before it is cut off' }),
          from: bound('no value is below'),
          to: bound('no value is above'),
        },
        { description: 'drawn for each client, normal, cut off at from and to where they are given' },
      ),
    }),
    closed({
      lognormal: closed(
        {
          median: Type.Number({ exclusiveMinimum: 0, description: 'half of the values are below' }),
          sigma: Type.Number({ minimum: 0, description: 'standard deviation of the natural logarithm' }),
        },
        { description: 'drawn for each client, the logarithm normal' },
      ),
    }),
  ] as const;
};

/** Any numbers. */
export const perClient = (value: number, description: string) =>
  Type.Union([...branches(Type.Number())], { default: value, description });

/** Numbers above 0. */
export const positivePerClient = (value: number, description: string) =>
  Type.Union([...branches(Type.Number({ exclusiveMinimum: 0 }))], { default: value, description });

/** Numbers of at least 0. */
export const nonNegativePerClient = (value: number, description: string) =>
  Type.Union([...branches(Type.Number({ minimum: 0 }))], { default: value, description });

/** Numbers of at least 0, or null. */
export const perClientOrNull = (description: string) =>
  Type.Union([...branches(Type.Number({ minimum: 0 })), Type.Null()], { default: null, description });

/** One number, a list, or a distribution. */
export type PerClient = Static<ReturnType<typeof perClient>>;

type Normal = Extract<PerClient, { normal: unknown }>['normal'];

/**
 * The value of a client. Two settings of one `quantity` draw from the same random numbers.
 * RangeError where a list has none for it.
 */
export function valueOf(setting: PerClient, quantity: string, { seed, id, index }: KeyedClient): number {
  if (typeof setting === 'number') return setting;
  if (Array.isArray(setting)) {
    const value = setting[index];
    if (value === undefined) throw new RangeError(`${id} has no ${quantity}: expected one at index ${index}`);
    return value;
  }
  const draw = stream(seed, 'per-client', quantity, id);
  if ('uniform' in setting) {
    const [from, to] = setting.uniform as [number, number];
    return from + (to - from) * draw.uniform();
  }
  if ('lognormal' in setting)
    return setting.lognormal.median * Math.exp(setting.lognormal.sigma * draw.normal());
  return cutNormal(setting.normal, draw);
}

/**
 * Rejection: of normals, or of uniforms where the bounds leave less than a standard deviation, so that with
 * the mean between them a third of the proposals are taken at least.
 */
function cutNormal({ mean, sd, from = -Infinity, to = Infinity }: Normal, draw: Stream): number {
  const isNarrow = to - from < sd;
  for (;;) {
    const value = isNarrow ? from + (to - from) * draw.uniform() : mean + sd * draw.normal();
    const accepted = isNarrow ? draw.uniform() < Math.exp(-(((value - mean) / sd) ** 2) / 2) : true;
    if (accepted && value >= from && value <= to) return value;
  }
}
