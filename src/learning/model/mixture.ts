/** A slot as it is in a model. */
export interface MixedSlot {
  /** The weight with which its change counts. */
  readonly share: number;
  /**
   * Its tensors are a mean of its own and of another slot's, `weight` times its own and the rest of the other
   * (APFL's mixed model). Both have the same tensors.
   */
  readonly blend?: { readonly with: string; readonly weight: number };
}

/** The slots that a model has, by name. */
export type Mixture = Readonly<Record<string, MixedSlot>>;
