import type { ParamSet } from '../../learning/params/param-set.js';

/** How parameters travel. */
export interface Compression {
  /** What one parameter costs on the air. */
  readonly bitsPerParameter: number;
  /** What arrives of a set: the same tensors, with what the compression did to their values. */
  roundTrip(set: ParamSet): ParamSet;
}
