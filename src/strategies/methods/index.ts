import type { Objective } from '../../learning/data/types.js';
import type { MethodName } from '../settings.js';
import { fedada } from './fedada.js';
import { fedlora } from './fedlora.js';
import { localOnly } from './local-only.js';
import { pfl } from './pfl.js';
import { pwff } from './pwff.js';
import { sfl } from './sfl.js';
import { shepherd } from './shepherd.js';
import { vanillaFl } from './vanilla-fl.js';

export type TunedPart = 'adapters' | 'lora';

/**
 * A way of federated fine-tuning as plain data (decision D6). The reward models of Step 2 are shared by every
 * method; their aggregation is what makes the methods' rewards comparable.
 */
export interface Method {
  readonly name: MethodName;
  /** As in the paper's figures. */
  readonly title: string;
  /** What a client tunes in Steps 1.3 and 3.3. */
  readonly trains: readonly TunedPart[];
  /** What of it is uploaded, averaged and sent back; the rest never leaves the client. */
  readonly shares: readonly TunedPart[];
  /**
   * How many LoRA modules a client carries: its own number (Step 1.2), or one at every site. Of no effect
   * without LoRA.
   */
  readonly loraModules: 'by-resources' | 'all';
  /** The reward models that alignment listens to. */
  readonly rewards: readonly Objective[];
  /** Whether a client combines the rewards with its own weights (Step 3.2), or all clients equally. */
  readonly personalWeights: boolean;
  readonly reference: string;
}

/** By the name that a scenario's `method` gives. */
export const methods: Readonly<Record<MethodName, Method>> = {
  pwff,
  'vanilla-fl': vanillaFl,
  fedada,
  fedlora,
  sfl,
  pfl,
  shepherd,
  'local-only': localOnly,
};
