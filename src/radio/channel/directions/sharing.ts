import type { Choice } from '../../../settings/choice.js';
import { nameOf, named, optionsOf, made, type Strategy } from '../../../strategies/strategy.js';
import type { PowerRule, SchedulerStrategy, SharedBand } from '../../cell/scheduler.js';
import type { Static } from 'typebox';
import { overTheAir, type AirOptions, type AirSettings } from '../../air/over-the-air.js';
import { schedulers } from '../../cell/schedulers/index.js';

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

type SplitStrategy = Strategy<Share, { readonly clients: number }>;

/** Parts that stand fast, each as a function of the number N of clients: whoever is silent keeps his. */
const splits = {
  orthogonal: { name: 'orthogonal', description: 'each client has a band of its own', make: () => whole },
  'split-power-kept': {
    name: 'split-power-kept',
    description: 'an equal part of the band for each client, with all of the power',
    make: ({ clients }) => ({ ...whole, bandwidth: 1 / clients, snr: clients }),
  },
  'split-density-kept': {
    name: 'split-density-kept',
    description: 'an equal part of band and power for each client',
    make: ({ clients }) => ({ ...whole, bandwidth: 1 / clients, power: 1 / clients }),
  },
  tdma: {
    name: 'tdma',
    description: 'an equal part of the time for each client',
    make: ({ clients }) => ({ ...whole, time: 1 / clients }),
  },
} as const satisfies Readonly<Record<string, SplitStrategy>>;

/** By the name of a scenario's `channel.downlink.sharing`. */
export const downlinkSharings = { ...splits, ...schedulers } as const;

/** By the name of a scenario's `channel.uplink.sharing`. */
export const sharings = { ...downlinkSharings, [overTheAir.name]: overTheAir } as const;

/**
 * What a client of a band has to itself, by the scenario alone: all of it where the cell's scheduler divides it, for
 * it may be the only one that sends. RangeError unless `clients` is an integer from 1.
 */
export function shareOf(sharing: Choice, clients: number): Share {
  if (!Number.isSafeInteger(clients) || clients < 1) {
    throw new RangeError(`a band is shared by ${clients} clients, expected an integer from 1`);
  }
  return isScheduled(sharing) || isOverTheAir(sharing)
    ? whole
    : made<Share, { clients: number }>(splits, sharing, { clients });
}

/** Whether the cell's scheduler divides the band over those who send now. */
export function isScheduled(sharing: Choice): boolean {
  return Object.hasOwn(schedulers, nameOf(sharing));
}

/** Whether all clients send at once, to be heard as one. */
export function isOverTheAir(sharing: Choice): boolean {
  return nameOf(sharing) === overTheAir.name;
}

/** How they do; null where each is heard by itself. */
export function airOf(sharing: Choice, antennas: number): AirSettings | null {
  if (!isOverTheAir(sharing)) return null;
  return { ...(optionsOf(overTheAir, sharing) as Static<typeof AirOptions>), antennas };
}

/** The scheduler of a direction; null where each client has a part of its own. */
export function sharedBandOf(sharing: Choice, direction: 'uplink' | 'downlink'): SharedBand | null {
  if (!isScheduled(sharing)) return null;
  return { scheduler: made(schedulers, sharing, {}), power: powerOf(sharing, direction) };
}

function powerOf(sharing: Choice, direction: 'uplink' | 'downlink'): SharedBand['power'] {
  const table: Readonly<Record<string, SchedulerStrategy>> = schedulers;
  const { power } = optionsOf(named(table, sharing), sharing) as { readonly power: PowerRule };
  return power ?? (direction === 'uplink' ? 'kept' : 'density-kept');
}

/**
 * What a client has of a scheduled band in the mean while N clients that are alike send all the time: the closed
 * forms of `pwff link` and `pwff payload`, never of a run.
 *
 * Where the best goes first ("proportional-fair", "max-snr"): with full buffers, a long window and independent,
 * identically distributed normalised gains the scheduler serves whoever's gain is highest relative to its own mean
 * (Viswanath, Tse and Laroia, Opportunistic beamforming using dumb antennas, IEEE Trans. Inf. Theory 48(6), 2002), so
 * a block of rank u is the client's with probability u^(N-1).
 */
export function fullBufferShareOf(sharing: Choice, direction: 'uplink' | 'downlink', clients: number): Share {
  if (!isScheduled(sharing)) return shareOf(sharing, clients);
  const name = nameOf(sharing) as keyof typeof schedulers;
  if (name === 'round-robin') return shareOf('tdma', clients);
  if (name === 'proportional-fair' || name === 'max-snr') {
    return { ...whole, scheduled: (rank) => rank ** (clients - 1) };
  }
  return shareOf(`split-${powerOf(sharing, direction) === 'kept' ? 'power' : 'density'}-kept`, clients);
}
