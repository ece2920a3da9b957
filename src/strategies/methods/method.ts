import type { Stage } from '../../../machines/protocol.js';
import type { Role, SlotKind } from '../../learning/model/roles.js';
import type { Mixture } from '../../learning/model/mixture.js';
import type { Objective } from '../../learning/objective.js';
import type { TermSpec } from '../../learning/training/terms/term.js';
import type { Choice } from '../../settings/choice.js';

/** The stages in which clients tune the language model. */
export type TuningStage = Exclude<Stage, 'reward'>;

/** In which rounds of a stage, which count from 1, something is done. */
export type Schedule = 'always' | 'never' | 'odd-rounds' | 'even-rounds' | 'first-half' | 'second-half';

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

/** In what clients' LoRA may differ (Step 1.2): in the number of modules, in their rank. */
export type Unequal = 'modules' | 'ranks';

/** Adapters or LoRA modules that a method adds to the base model: one set of them. */
export interface Slot {
  /** No dot in it, and none of "base", "helpful" and "harmless". */
  readonly name: string;
  readonly kind: SlotKind;
  /** Who makes its first values: the server, one for all (Step 1.1), or each client for itself (Step 1.2). */
  readonly init: 'server' | 'client';
  /** What they are: drawn; as another slot's that the same makes; or zero. */
  readonly start: 'drawn' | 'zero' | { readonly as: string };
  /**
   * Of LoRA: how many modules a client carries: its own number (Step 1.2), or one at every site, as far as the
   * scenario's `model.lora.sharedModules` has it so.
   */
  readonly modules: 'by-resources' | 'all';
  /** Of LoRA: in what clients may differ without harm to the method; absent: in nothing. */
  readonly bears?: readonly Unequal[];
  /** Rules that together name each role once. */
  readonly parts: readonly PartRule[];
  /**
   * How the server puts updates of it together, by a name of src/strategies/combination; absent: by the scenario's
   * `server.aggregation`.
   */
  readonly combine?: Choice;
  /**
   * What of each version everybody adds to the base model, the server and all clients: "whole", what the combination
   * makes, whereupon clients begin with new values; or "rest", what it leaves beside the next values. Absent: nothing.
   */
  readonly change?: 'whole' | 'rest';
}

/** A part of a client's work on an order (Steps 1.3 and 3.3). */
export interface MethodPhase {
  /** Of the order's steps, or of its prompts. */
  readonly share: number;
  /** The slots in the model meanwhile; absent: those of the client's model. */
  readonly mixture?: Mixture;
  /** Slots that are trained, as far as the rules of their parts train them. */
  readonly trains: readonly string[];
  /** What the objective has besides the loss, and the steps besides its gradient. */
  readonly terms?: readonly TermSpec[];
}

/**
 * A way of federated fine-tuning as plain data (decision D6).
 */
export interface Method {
  readonly name: string;
  /** As in the paper's figures. */
  readonly title: string;
  readonly slots: readonly Slot[];
  /** The slots in a client's model, in stage 3 and where it is measured; absent: all. */
  readonly mixture?: Mixture;
  /** What a client does for an order, one after the other; absent: it trains everything at once. */
  readonly phases?: readonly MethodPhase[];
  /**
   * The reward models that it has: stage 2 trains, sends and averages these, and alignment listens to them. What
   * it lacks measurement learns for itself, without a message and at no cost (docs/alignment.md).
   */
  readonly rewards: readonly Objective[];
  /** Whether a client combines the rewards with its own weights (Step 3.2), or all clients equally. */
  readonly personalWeights: boolean;
  /** All data are in one place: a run of it has a single client. */
  readonly isCentralised?: boolean;
  readonly reference: string;
}

/**
 * A slot that everybody tunes together: it starts at the server, at every site. Clients may lack modules: means go
 * over those who have one.
 */
export const shared = (kind: SlotKind): Slot => ({
  name: kind,
  kind,
  init: 'server',
  start: 'drawn',
  modules: 'all',
  bears: ['modules'],
  parts: [{ train: 'always', share: 'always' }],
});

/** A slot that each client tunes for itself. */
export const own = (kind: SlotKind): Slot => ({
  name: kind,
  kind,
  init: 'client',
  start: 'drawn',
  modules: 'by-resources',
  bears: ['modules', 'ranks'],
  parts: [{ train: 'always', share: 'never' }],
});

/**
 * A slot that a client keeps beside the one that is called by its kind, and which starts as that one: tensor by
 * tensor, so that clients do not differ in them.
 */
export const personal = (kind: SlotKind): Slot => ({
  ...own(kind),
  name: `personal-${kind}`,
  init: 'server',
  start: { as: kind },
  modules: 'all',
  bears: [],
});

/** SCAFFOLD's control variates of the slot that is called by its kind: sent in stage 1, in no model. */
export const controls = (kind: SlotKind): Slot => ({
  ...shared(kind),
  name: `${kind}-control`,
  start: 'zero',
  bears: [],
  parts: [{ train: 'never', share: { instruction: 'always', alignment: 'never' } }],
  combine: 'control-variates',
});

/** LoRA at every site that starts at the server, and whose matrices are treated apart. */
export const loraByRole = ({ A, B }: Readonly<Record<'A' | 'B', Omit<PartRule, 'roles'>>>): Slot => ({
  ...shared('lora'),
  parts: [
    { roles: ['A'], ...A },
    { roles: ['B'], ...B },
  ],
});
