import type { Memory } from '../../learning/params/memory.js';
import type { ParamSet } from '../../learning/params/param-set.js';
import type { Stream } from '../../simulation/random/stream.js';
import type { Strategy } from '../strategy.js';

/** How parameters travel. */
export interface Codec {
  /**
   * What goes on the air of a set. The memory belongs to the sender and the part; what comes back of it is
   * true once the recipient has the message (decision D12). `draw` belongs to sender, message and part.
   */
  encode(
    set: ParamSet,
    memory: Memory,
    draw: Stream,
  ): { readonly bytes: Uint8Array; readonly memory: Memory };
  /** What arrives: the tensors of `like`, which gives names and shapes, with the values that the bytes hold. */
  decode(bytes: Uint8Array, like: ParamSet): ParamSet;
  /** Bits on the air of so many parameters, before there are any: the expectation where it depends on them. */
  expectedBits(parameters: number): number;
}

export type CodecStrategy = Strategy<Codec>;
