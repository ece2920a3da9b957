import { refOf, type ParamRef, type ParamSet } from './param-set.js';

/**
 * Resolves handles (decision D4). Content-addressed: putting equal parameters twice keeps them once. Sets
 * live in memory for the length of a run.
 */
export class ParamStore {
  readonly #sets = new Map<string, ParamSet>();

  put(set: ParamSet): ParamRef {
    const ref = refOf(set);
    if (!this.#sets.has(ref.hash)) this.#sets.set(ref.hash, set);
    return ref;
  }

  /** Throws where the handle was never put here: a defect, not bad input. */
  get(ref: ParamRef): ParamSet {
    const set = this.#sets.get(ref.hash);
    if (!set) throw new Error(`parameter store: nothing known of ${ref.kind} ${ref.hash.slice(0, 12)}`);
    return set;
  }
}
