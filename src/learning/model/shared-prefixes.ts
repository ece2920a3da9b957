import type { Batch } from './batch.js';

/**
 * The tokens of a packed batch without repetitions: where attention is causal, two tokens have equal states if their
 * rows agree up to them, in tokens and in positions. Rows share the beginning of their template, pairs of responses
 * their prompt.
 */
export interface SharedPrefixes {
  /** (U) ids and positions of the distinct tokens, in the order in which they appear first. */
  readonly ids: Int32Array;
  readonly positions: Int32Array;
  /** (U) where each stands first in the batch. */
  readonly firsts: Int32Array;
  /** (N) which of the distinct tokens each token of the batch is. */
  readonly places: Int32Array;
}

/** More than there are words of a vocabulary, positions of a model or tokens of a batch. */
const range = 2 ** 26;

export function sharedPrefixes({ ids, positions, offsets }: Batch): SharedPrefixes {
  const known = new Map<number, number>();
  const firsts: number[] = [];
  const places = new Int32Array(ids.length);
  for (let row = 0; row + 1 < offsets.length; row++) {
    const [start, end] = [offsets[row]!, offsets[row + 1]!];
    // What comes before a row's first token is its position, below all places.
    let before = -1 - (positions[start] ?? 0);
    for (let n = start; n < end; n++) {
      const key = before * range + ids[n]!;
      before = known.get(key) ?? firsts.length;
      if (before === firsts.length) {
        known.set(key, before);
        firsts.push(n);
      }
      places[n] = before;
    }
  }
  return {
    ids: Int32Array.from(firsts, (n) => ids[n]!),
    positions: Int32Array.from(firsts, (n) => positions[n]!),
    firsts: Int32Array.from(firsts),
    places,
  };
}
