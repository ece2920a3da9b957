import type { Scenario } from '../scenario/schema.js';
import type { LossReason } from './transmission.js';

/** Whether a message whose latest attempt was lost is sent again. */
export interface Retransmission {
  /** How often a message may go on the air, given the scenario's `maxTransmissions`. */
  readonly maxTransmissions: (configured: number) => number;
  /** `attempts` counts the lost one. An outage is never tried again: the next attempt would last as long. */
  readonly sendsAgain: (attempts: number, reason: LossReason, configured: number) => boolean;
}

/** By the name that a scenario's `channel.retransmission` gives. */
export const retransmissions: Readonly<Record<Scenario['channel']['retransmission'], Retransmission>> = {
  none: { maxTransmissions: () => 1, sendsAgain: () => false },
  /** Truncated ARQ: the whole message again, up to the cap; nothing is kept of a lost attempt. */
  arq: {
    maxTransmissions: (configured) => configured,
    sendsAgain: (attempts, reason, configured) => reason === 'loss' && attempts < configured,
  },
};
