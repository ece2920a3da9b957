import type { Stage } from '../../../machines/protocol.js';
import type { Role, SlotKind } from '../../learning/model/roles.js';
import type { Objective } from '../../learning/objective.js';

/** The stages in which clients tune the language model. */
export type TuningStage = Exclude<Stage, 'reward'>;

/** In which rounds of a stage, which count from 1, something is done. */
export type Schedule = 'always' | 'never' | 'odd-rounds' | 'even-rounds';

/** One schedule for both stages of tuning, or one for each. */
export type Schedules = Schedule | Readonly<Record<TuningStage, Schedule>>;

/** What becomes of tensors of a slot. */
export interface PartRule {
  /** Whose tensors it is about; absent: the whole slot. */
  readonly roles?: readonly Role[];
  /** When a client tunes them in Steps 1.3 and 3.3; they are frozen else. */
  readonly train: Schedules;
  /** When they are uploaded, averaged and sent back; they do not leave the client else. */
  readonly share: Schedules;
}

/** Adapters or LoRA modules that a method adds to the base model: one set of them. */
export interface Slot {
  /** No dot in it, and none of "base", "helpful" and "harmless". */
  readonly name: string;
  readonly kind: SlotKind;
  /** Who draws its first values: the server, one for all (Step 1.1), or each client for itself (Step 1.2). */
  readonly init: 'server' | 'client';
  /** Of LoRA: how many modules a client carries: its own number (Step 1.2), or one at every site. */
  readonly modules: 'by-resources' | 'all';
  /** Rules that together name each role once. */
  readonly parts: readonly PartRule[];
}

/**
 * A way of federated fine-tuning as plain data (decision D6).
 */
export interface Method {
  readonly name: string;
  /** As in the paper's figures. */
  readonly title: string;
  readonly slots: readonly Slot[];
  /**
   * The reward models that it has: stage 2 trains, sends and averages these, and alignment listens to them. What
   * it lacks measurement learns for itself, without a message and at no cost (docs/alignment.md).
   */
  readonly rewards: readonly Objective[];
  /** Whether a client combines the rewards with its own weights (Step 3.2), or all clients equally. */
  readonly personalWeights: boolean;
  readonly reference: string;
}

/** A slot that everybody tunes together: it starts at the server, at every site. */
export const shared = (kind: SlotKind): Slot => ({
  name: kind,
  kind,
  init: 'server',
  modules: 'all',
  parts: [{ train: 'always', share: 'always' }],
});

/** A slot that each client tunes for itself. */
export const own = (kind: SlotKind): Slot => ({
  name: kind,
  kind,
  init: 'client',
  modules: 'by-resources',
  parts: [{ train: 'always', share: 'never' }],
});
