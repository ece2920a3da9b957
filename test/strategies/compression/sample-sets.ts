import { paramSet, type ParamSet } from '../../../src/learning/params/param-set.js';
import { blank, type Memory } from '../../../src/learning/params/memory.js';
import { stream, type Stream } from '../../../src/simulation/random/stream.js';
import type { Codec } from '../../../src/strategies/compression/codec.js';
import { codecs } from '../../../src/strategies/compression/index.js';
import { made } from '../../../src/strategies/strategy.js';

export type CodecName = keyof typeof codecs;

/** A codec of the table as a scenario makes it. */
export const codecOf = (
  name: CodecName,
  options: object = {},
  direction: 'uplink' | 'downlink' = 'uplink',
): Codec => made(codecs, { name, ...options }, { direction });

/** One tensor of these values, by default a vector. */
export const vector = (values: ArrayLike<number>, shape: readonly number[] = [values.length]): ParamSet =>
  paramSet('adapters', [{ name: 'w', shape, values }]);

/** Values of standard normals times `scale`, in two matrices and a vector. */
export function normals(seed: string, scale = 1): ParamSet {
  const draw = stream(seed, 'normals');
  const values = (count: number) => Array.from({ length: count }, () => scale * draw.normal());
  return paramSet('adapters', [
    { name: 'up', shape: [12, 5], values: values(60) },
    { name: 'bias', shape: [7], values: values(7) },
    { name: 'down', shape: [4, 9], values: values(36) },
  ]);
}

/** What a recipient makes of the set. */
export function carried(codec: Codec, set: ParamSet, draw: Stream = stream('draw'), memory: Memory = blank) {
  return codec.decode(codec.encode(set, memory, draw).bytes, set);
}

export const squared = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value * value, 0);

export const difference = (a: ParamSet, b: ParamSet) => a.values.map((value, i) => value - b.values[i]!);
