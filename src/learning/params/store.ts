import { refOf, type ParamRef, type ParamSet } from './param-set.js';

/**
 * Resolves handles (decision D4). Content-addressed: equal parameters that are put twice are kept once. A set
 * lives as long as a handle that this store gave for it; what no machine and no message names any more, as
 * last round's updates, is left to the garbage collector: a DistilBERT takes 268 MB.
 */
export class ParamStore {
  readonly #sets = new WeakMap<ParamRef, ParamSet>();
  readonly #byHash = new Map<string, WeakRef<ParamSet>>();

  put(set: ParamSet, encoded: Pick<ParamRef, 'encodedBits' | 'reachedFrom'> = {}): ParamRef {
    const ref = { ...refOf(set), ...encoded };
    const stored = this.#byHash.get(ref.hash)?.deref() ?? set;
    this.#byHash.set(ref.hash, new WeakRef(stored));
    this.#sets.set(ref, stored);
    return ref;
  }

  /** Throws where the handle, or all that `put` gave for its set, is not this store's: a defect. */
  get(ref: ParamRef): ParamSet {
    const set = this.#sets.get(ref);
    if (!set) throw new Error(`parameter store: nothing known of ${ref.kind} ${ref.hash.slice(0, 12)}`);
    return set;
  }
}
