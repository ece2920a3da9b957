import type { Objective } from '../../learning/objective.js';

export type TunedPart = 'adapters' | 'lora';

/** In which rounds something is done. */
export type Schedule = 'always' | 'never';

/** What becomes of a tuned part of the model. */
export interface TensorRule {
  readonly part: TunedPart;
  /** Whether a client tunes it in Steps 1.3 and 3.3. */
  readonly train: Schedule;
  /** Whether it is uploaded, averaged and sent back, or never leaves the client. */
  readonly share: Schedule;
}

/**
 * A way of federated fine-tuning as plain data (decision D6).
 */
export interface Method {
  readonly name: string;
  /** As in the paper's figures. */
  readonly title: string;
  /** A rule for each part that the method has, in the order of the parts. */
  readonly tensors: readonly TensorRule[];
  /**
   * How many LoRA modules a client carries: its own number (Step 1.2), or one at every site. It has no effect
   * without LoRA, nor where LoRA is shared: that is the same for all, a module at every site.
   */
  readonly loraModules: 'by-resources' | 'all';
  /**
   * The reward models that it has: stage 2 trains, sends and averages these, and alignment listens to them. What
   * it lacks measurement learns for itself, without a message and at no cost (docs/alignment.md).
   */
  readonly rewards: readonly Objective[];
  /** Whether a client combines the rewards with its own weights (Step 3.2), or all clients equally. */
  readonly personalWeights: boolean;
  readonly reference: string;
}

/** The rule of a part that everybody tunes together. */
export const shared = (part: TunedPart): TensorRule => ({ part, train: 'always', share: 'always' });

/** The rule of a part that each client tunes for itself. */
export const own = (part: TunedPart): TensorRule => ({ part, train: 'always', share: 'never' });

const partsWith = (action: 'train' | 'share', { tensors }: Pick<Method, 'tensors'>) =>
  tensors.filter((rule) => rule[action] !== 'never').map(({ part }) => part);

/** What clients tune. */
export const trainedParts = (method: Pick<Method, 'tensors'>) => partsWith('train', method);

/** What of it travels. */
export const sharedParts = (method: Pick<Method, 'tensors'>) => partsWith('share', method);

/** Whether every client has a LoRA module at every site. */
export const fillsLoraSites = (method: Pick<Method, 'tensors' | 'loraModules'>) =>
  method.loraModules === 'all' || sharedParts(method).includes('lora');
