import type { Memory } from '../../learning/params/memory.js';
import { sharedFloats, type ParamSet } from '../../learning/params/param-set.js';
import type { Stream } from '../../simulation/random/stream.js';
import type { Codec } from './codec.js';
import { fromWholeFrame, wholeFrame } from './frame.js';

/** What stands at the sender's end of a message, of one part. */
export interface Sender {
  /** The last version that both ends know; null: none. */
  readonly base: ParamSet | null;
  /** e, what earlier messages left out or did not bring; null: nothing. */
  readonly residual: ParamSet | null;
  readonly memory: Memory;
  readonly draw: Stream;
}

export interface Travelled {
  readonly bytes: Uint8Array;
  /** What the recipient makes of the bytes. */
  readonly arrived: ParamSet;
  /** True on delivery. */
  readonly memory: Memory;
  /**
   * What this message owes, by what becomes of it: p − C(p) where it is delivered, all of p where it is not. While
   * it is on its way nothing is owed of it. Null without error feedback.
   */
  readonly residual: Readonly<Record<'delivered' | 'dropped', ParamSet>> | null;
}

/**
 * Encodes a set as it travels: p = w + e, or p = (w − base) + e where the change travels; e ← p − C(p). Every
 * sum and difference is one of float32. Where the change should travel and there is no base, w travels whole,
 * and what is owed stays owed.
 */
export function travel(codec: Codec, set: ParamSet, { base, residual, memory, draw }: Sender): Travelled {
  if (codec.delta && base === null) {
    return { bytes: wholeFrame(set), arrived: set, memory, residual: null };
  }
  const change = codec.delta ? combined(set, base!, -1) : set;
  const wanted = codec.errorFeedback && residual ? combined(change, residual, 1) : change;
  const { bytes, memory: next } = codec.encode(wanted, memory, draw);
  const sent = codec.decode(bytes, wanted);
  return {
    bytes,
    arrived: onto(codec, base, sent),
    memory: next,
    residual: codec.errorFeedback ? { delivered: combined(wanted, sent, -1), dropped: wanted } : null,
  };
}

/** What the recipient makes of the bytes, given the same base. Error where they are none of the codec's. */
export function received(codec: Codec, bytes: Uint8Array, like: ParamSet, base: ParamSet | null): ParamSet {
  if (codec.delta && base === null) return fromWholeFrame(bytes, like);
  return onto(codec, base, codec.decode(bytes, like));
}

function onto(codec: Codec, base: ParamSet | null, sent: ParamSet): ParamSet {
  return codec.delta ? combined(base!, sent, 1) : sent;
}

/** a + sign · b, rounded to float32. Error where their tensors differ. */
export function combined(a: ParamSet, b: ParamSet, sign: 1 | -1): ParamSet {
  if (!haveSameTensors(a, b)) throw new Error(`compression: sets of ${a.kind} with different tensors`);
  const values = sharedFloats(a.values.length);
  for (let i = 0; i < values.length; i++) values[i] = a.values[i]! + sign * b.values[i]!;
  return { kind: a.kind, tensors: a.tensors, values };
}

export function haveSameTensors(a: ParamSet, b: ParamSet): boolean {
  const layout = ({ tensors }: ParamSet) => JSON.stringify(tensors.map(({ name, shape }) => [name, shape]));
  return a.tensors === b.tensors || layout(a) === layout(b);
}
