import type { DirectionSettings } from './settings.js';

/** A name of a scenario's `channel.uplink.sharing` or `channel.downlink.sharing`. */
export type Sharing = DirectionSettings['sharing'];

/** What a client has of a direction; the first four are factors of what the scenario gives to the link. */
export interface Share {
  /** Its part of `bandwidthHz`. */
  readonly bandwidth: number;
  /** Factor of the mean signal-to-noise ratio: noise grows with the client's bandwidth, signal with its power. */
  readonly snr: number;
  /** Its part of `powerWatts`, while the client's messages are on the air. */
  readonly power: number;
  /** Part of the time in which the client's messages are on the air. */
  readonly time: number;
  /**
   * Probability that a block of cumulative probability `rank` = F(gain) is the client's; null: every block.
   * Where the law of the gain has a jump at `gain`, `rank` is to be uniform over the jump, F(gain-) to
   * F(gain): so ties are broken evenly, and a constant gain gets 1/N of the blocks.
   */
  readonly scheduled: ((rank: number) => number) | null;
}

const whole: Share = { bandwidth: 1, snr: 1, power: 1, time: 1, scheduled: null };

/**
 * Each as a function of the number N of clients.
 *
 * Proportional fair: with full buffers, equal averaging and independent, identically distributed normalised
 * gains the scheduler serves whoever's gain is highest relative to its own mean (Viswanath, Tse and Laroia,
 * Opportunistic beamforming using dumb antennas, IEEE Trans. Inf. Theory 48(6), 2002), so a block
 * of rank u is the client's with probability u^(N-1). This is the exact law of one client's blocks. It leaves
 * out that two clients never have the same block (each draws for itself), the scheduler's finite window, and
 * that fewer than N clients may have something to send: a client has 1/N of the blocks all the same.
 */
const shares: Readonly<Record<Sharing, (clients: number) => Share>> = {
  orthogonal: () => whole,
  'split-power-kept': (clients) => ({ ...whole, bandwidth: 1 / clients, snr: clients }),
  'split-density-kept': (clients) => ({ ...whole, bandwidth: 1 / clients, power: 1 / clients }),
  tdma: (clients) => ({ ...whole, time: 1 / clients }),
  'proportional-fair': (clients) => ({ ...whole, scheduled: (rank) => rank ** (clients - 1) }),
};

/** Every way of sharing. */
export const sharings = Object.keys(shares) as readonly Sharing[];

/** What one of so many clients has of a direction; RangeError unless `clients` is an integer from 1. */
export function shareOf(sharing: Sharing, clients: number): Share {
  if (!Number.isSafeInteger(clients) || clients < 1) {
    throw new RangeError(`a band is shared by ${clients} clients, expected an integer from 1`);
  }
  return shares[sharing](clients);
}
