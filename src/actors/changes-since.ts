import type { ParamRef, Reached } from '../learning/params/param-set.js';
import { least } from '../extremes.js';
import { wholeBits } from '../strategies/compression/frame.js';

/*
 * What a download of a part takes where changes travel. Every version of a part is the one before it and a change, so
 * that a recipient of any earlier version comes to the newest, bit for bit, by all changes since. Where those are
 * more bits than the whole part, or it has none, that travels.
 */

/** The bits of a version that is a change of `bits` from `base`. */
export function changedBits(
  base: ParamRef,
  bits: number,
): Required<Pick<ParamRef, 'encodedBits' | 'reachedFrom'>> {
  const encodedBits = wholeBits(base.parameters);
  const ways: readonly Reached[] = [
    { hash: base.hash, bits },
    ...(base.reachedFrom ?? []).map((way) => ({ ...way, bits: way.bits + bits })),
  ];
  return { encodedBits, reachedFrom: ways.filter((way) => way.bits < encodedBits) };
}

/** A version as it is sent to somebody who has acknowledged the sets of these hashes. */
export function sentTo(acknowledged: readonly string[], ref: ParamRef): ParamRef {
  const ways = (ref.reachedFrom ?? []).filter(({ hash }) => acknowledged.includes(hash));
  return ways.length === 0 ? ref : { ...ref, encodedBits: least(ways.map(({ bits }) => bits)) };
}
