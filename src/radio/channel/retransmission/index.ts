import type { RetransmissionSettings } from './settings.js';

/**
 * What a receiver makes of a packet that the sender sent at a rate it could not know to be right. Information
 * is counted in bits; a packet of `bits` that took `seconds` of a band `bandwidthHz` wide is decoded when its
 * information has reached its bits.
 */
export interface Retransmission {
  /** How often a message may go on the air, given the scenario's `maxTransmissions`. */
  readonly maxTransmissions: (configured: number) => number;
  /** What is known after one more transmission that by itself carried `information`. */
  readonly combined: (held: number, information: number, channelUses: number) => number;
  /**
   * What combining all attempts comes to at most: the part of the rate that each has to carry, and the growth
   * of the ratio (Caire and Tuninetti, IEEE Trans. Inf. Theory 47(5), 2001).
   */
  readonly combinedAtMost: (attempts: number) => { readonly rate: number; readonly snr: number };
}

const alone = () => ({ rate: 1, snr: 1 });
const latest = (_held: number, information: number) => information;

/** By the name that a scenario's `channel.retransmission` gives. */
export const retransmissions: Readonly<Record<RetransmissionSettings['retransmission'], Retransmission>> = {
  none: { maxTransmissions: () => 1, combined: latest, combinedAtMost: alone },
  /** Truncated ARQ: nothing is kept of a packet that could not be decoded. */
  arq: { maxTransmissions: (configured) => configured, combined: latest, combinedAtMost: alone },
  /**
   * HARQ with Chase combining: equal copies, so their signal-to-noise ratios add up. Over a copy of several
   * blocks the ratio that counts is the one that would carry the same information all along (mutual-information
   * effective SNR mapping).
   */
  'harq-chase': {
    maxTransmissions: (configured) => configured,
    combined: (held, information, channelUses) => {
      const snr = snrOf(held, channelUses) + snrOf(information, channelUses);
      return (channelUses * Math.log1p(snr)) / Math.LN2;
    },
    combinedAtMost: (attempts) => ({ rate: 1, snr: attempts }),
  },
  /** HARQ with incremental redundancy: each copy brings new parity, so information adds up. */
  'harq-ir': {
    maxTransmissions: (configured) => configured,
    combined: (held, information) => held + information,
    combinedAtMost: (attempts) => ({ rate: 1 / attempts, snr: 1 }),
  },
};

/** The ratio at which so many channel uses (seconds times hertz) carry so many bits. */
function snrOf(bits: number, channelUses: number): number {
  return Math.expm1((bits / channelUses) * Math.LN2);
}
