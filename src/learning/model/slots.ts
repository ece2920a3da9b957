import type { ParamSet } from '../params/param-set.js';
import { disposeWeights, upload, type Weights } from './weights.js';

/**
 * What is tuned of a model, by the names of its parts: a part's name is its slot's, with the roles of its tensors
 * after a dot where a method treats the roles of a slot apart ("lora", "lora.A").
 */
export type TunedSets = Readonly<Record<string, ParamSet>>;

/** A slot on the backend: its tensors by name, and the weight with which its change counts. */
export interface SlotWeights {
  readonly weights: Weights;
  readonly share: number;
}

/** The slots of a model by their kind, in the method's order. */
export interface Slots {
  readonly adapters: readonly SlotWeights[];
  readonly lora: readonly SlotWeights[];
}

export const noSlots: Slots = { adapters: [], lora: [] };

/** The slot that a part belongs to. */
export function slotOf(part: string): string {
  return part.split('.')[0]!;
}

/** Runs `work` with tuned sets on the backend, slot by slot, and frees them again. */
export function withSlots<T>(sets: TunedSets, work: (slots: Slots, tensors: readonly Weights[]) => T): T {
  const parts = Object.entries(sets).map(([name, set]) => ({
    slot: slotOf(name),
    kind: set.kind,
    weights: upload(set),
  }));
  const slotsOf = (kind: ParamSet['kind']): SlotWeights[] => {
    const own = parts.filter((part) => part.kind === kind);
    return [...new Set(own.map(({ slot }) => slot))].map((slot) => ({
      weights: new Map(own.filter((part) => part.slot === slot).flatMap(({ weights }) => [...weights])),
      share: 1,
    }));
  };
  try {
    return work(
      { adapters: slotsOf('adapters'), lora: slotsOf('lora') },
      parts.map(({ weights }) => weights),
    );
  } finally {
    for (const { weights } of parts) disposeWeights(weights);
  }
}
