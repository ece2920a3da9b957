import type { ParamSet } from '../../learning/params/param-set.js';
import type { CompressionName } from '../settings.js';
import { float16 } from './float16.js';
import { none } from './none.js';

/** How parameters travel. */
export interface Compression {
  /** What one parameter costs on the air. */
  readonly bitsPerParameter: number;
  /** What arrives of a set: the same tensors, with what the compression did to their values. */
  roundTrip(set: ParamSet): ParamSet;
}

/** By the name that a scenario's `channel.compression` gives. */
export const compressions: Readonly<Record<CompressionName, Compression>> = {
  none,
  float16,
};
