import { mapValues } from '../../map-values.js';
import { sharedFloats, type ParamSet } from '../params/param-set.js';
import type { MixedSlot, Mixture } from './mixture.js';
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

/** The part of another slot that has the same roles. */
export function partIn(slot: string, part: string): string {
  return slot + part.slice(slotOf(part).length);
}

/** How a slot is in a model of this mixture: as it is where there is none, null where the model lacks it. */
export function mixedSlot(mixture: Mixture | undefined, part: string): MixedSlot | null {
  return mixture ? (mixture[slotOf(part)] ?? null) : { share: 1 };
}

/** The sets as a model of this mixture has them, without those that it lacks. */
export function blended(mixture: Mixture | undefined, sets: TunedSets): TunedSets {
  const parts = Object.entries(sets).flatMap(([part, set]) => {
    const slot = mixedSlot(mixture, part);
    if (slot === null) return [];
    const { blend } = slot;
    return [[part, blend ? mean(set, sets[partIn(blend.with, part)], blend.weight) : set] as const];
  });
  return Object.fromEntries(parts);
}

/** weight · own + (1 − weight) · other, number by number. */
function mean(own: ParamSet, other: ParamSet | undefined, weight: number): ParamSet {
  if (other?.values.length !== own.values.length) {
    throw new RangeError(`a blend of ${own.kind} with other tensors than its own`);
  }
  const values = sharedFloats(own.values.length);
  for (let i = 0; i < values.length; i++) {
    values[i] = weight * own.values[i]! + (1 - weight) * other.values[i]!;
  }
  return { kind: own.kind, tensors: own.tensors, values };
}

/**
 * Runs `work` with tuned sets on the backend as a model of this mixture has them, slot by slot and part by part, and
 * frees them again.
 */
export function withSlots<T>(
  mixture: Mixture | undefined,
  sets: TunedSets,
  work: (slots: Slots, parts: Readonly<Record<string, Weights>>) => T,
): T {
  const own = blended(mixture, sets);
  const parts = mapValues(own, upload);
  const slotsOf = (kind: ParamSet['kind']): SlotWeights[] => {
    const names = Object.keys(own).filter((part) => own[part]!.kind === kind);
    return [...new Set(names.map(slotOf))].map((slot) => ({
      weights: new Map(names.filter((part) => slotOf(part) === slot).flatMap((part) => [...parts[part]!])),
      share: mixedSlot(mixture, slot)!.share,
    }));
  };
  try {
    return work({ adapters: slotsOf('adapters'), lora: slotsOf('lora') }, parts);
  } finally {
    for (const weights of Object.values(parts)) disposeWeights(weights);
  }
}
