import type { Static, TObject } from 'typebox';
import type { Memory } from '../../learning/params/memory.js';
import type { ParamSet, TensorSpec } from '../../learning/params/param-set.js';
import type { Stream } from '../../simulation/random/stream.js';
import type { Strategy } from '../strategy.js';

/** How parameters travel. */
export interface Codec {
  /**
   * What goes on the air of a set: the parameters, or with `delta` their change, and with `errorFeedback` what is
   * owed besides. The memory belongs to the sender and the part; what comes back of it is true once the
   * recipient has the message (decision D12). `draw` belongs to sender, message and part.
   */
  encode(
    set: ParamSet,
    memory: Memory,
    draw: Stream,
  ): { readonly bytes: Uint8Array; readonly memory: Memory };
  /**
   * What arrives: the tensors of `like`, which gives names and shapes, with the values that the bytes hold.
   * Error where the bytes cannot be what `encode` made of such a set.
   */
  decode(bytes: Uint8Array, like: ParamSet): ParamSet;
  /**
   * Bits on the air of so many parameters, before there are any: the expectation where it depends on them, the
   * most where they are entropy coded. Without `tensors` as if they were one vector.
   */
  expectedBits(parameters: number, tensors?: readonly TensorSpec[]): number;
  /** Whether the change since the last version that both ends know travels; absent: the parameters do. */
  readonly delta?: boolean;
  /** Whether what a message leaves out, or does not bring, is added to the next one; absent: it is not. */
  readonly errorFeedback?: boolean;
  /** Floating-point operations that a client's device spends on a parameter that it encodes; absent: 0. */
  readonly flopsPerParameter?: number;
  /** Bits of a parameter of the base model, which is sent once and is nobody's to change; absent: 32. */
  readonly bitsPerBaseParameter?: number;
}

/** What a codec is made with besides its own options. */
export type CodecSettings = {
  /** Whose messages it encodes: those of clients, or those of the server. */
  readonly direction: 'uplink' | 'downlink';
};

/** Its `make` is given `CodecSettings`, which few codecs read. */
export interface CodecStrategy extends Strategy<Codec> {
  /**
   * Whether it does the same to a tensor whatever stands beside it, in bytes whose number follows from the tensor's
   * shape, and remembers nothing: a tensor of its can arrive by itself. Absent: it encodes a part as a whole.
   */
  readonly byTensor?: boolean;
}

/** A codec with the types of its own options, for those who write one. */
export function codec<Own extends TObject>(value: {
  readonly name: string;
  readonly description: string;
  readonly options: Own;
  readonly byTensor?: boolean;
  make(settings: CodecSettings & Static<Own>): Codec;
}): CodecStrategy {
  return value;
}
