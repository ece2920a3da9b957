import type { ClientBudget } from '../directions/client-direction.js';
import type { GainPathSettings } from '../gain-paths/settings.js';
import type { KeyedClient } from '../../../settings/per-client.js';
import { interferenceAt } from '../interference/interference.js';
import { ratioOfDecibels } from '../rate.js';
import { attenuation } from './attenuation.js';
import { dbmOfWatts, noiseDbmOf, snrDbOf } from './link-budget.js';
import { standing, startOf, type Track } from './positions.js';
import { RandomWaypoint } from './random-waypoint.js';
import type { Cell, DistanceLaw } from './settings.js';
import { statedSnrDb } from './stated-snr.js';

/** Mean SNR of a link over virtual time, as a ratio (not dB). */
export interface MeanSnr {
  /** At a virtual time of at least 0; RangeError at another where the client moves. */
  ratioAt(seconds: number): number;
  /** True: the same at all times. */
  readonly constant: boolean;
}

type Radio = Pick<GainPathSettings, 'carrierHz'> & {
  readonly cell: Cell | null;
  readonly distanceLaw: DistanceLaw | null;
};

/**
 * As stated (stated-snr.ts) where there is no cell; else from the link budget (link-budget.ts), at the
 * client's distance to the server (attenuation.ts). Both directions of a client share its position and its
 * shadowing: their budgets differ by power, bandwidth and interference alone. Interference counts as noise: an SINR.
 */
export function meanSnr(
  { cell, distanceLaw, carrierHz }: Radio,
  direction: ClientBudget,
  client: KeyedClient,
): MeanSnr {
  if (cell === null) return constantSnr(ratioOfDecibels(statedSnrDb(direction, distanceLaw, client)));
  const track = positionsOf(cell, client);
  const attenuated = attenuation(cell, carrierHz, client, track);
  const noiseDbm = noiseDbmOf(cell, direction.bandwidthHz);
  const receiver = {
    cell,
    carrierHz,
    noiseDbm,
    track: direction.direction === 'uplink' ? standing({ x: 0, y: 0 }) : track,
  };
  const interference = interferenceAt(direction.interference, receiver);
  const unattenuatedDb = snrDbOf({
    powerDbm: dbmOfWatts(direction.powerWatts),
    antennaGainDb: cell.antennaGainDb,
    noiseDbm,
    pathLossDb: 0,
    shadowingDb: 0,
  });
  const ratioAt = (seconds: number) =>
    ratioOfDecibels(attenuated(unattenuatedDb, seconds)) / (1 + interference(seconds));
  return cell.mobility === null ? constantSnr(ratioAt(0)) : { ratioAt, constant: false };
}

/** Where a client is, in meters, the server at the origin. */
export function positionsOf(cell: Cell, client: KeyedClient): Track {
  if (cell.mobility !== null) return new RandomWaypoint(cell, cell.mobility, client);
  return standing(startOf(cell, client));
}

/** A mean that stays. */
export function constantSnr(ratio: number): MeanSnr {
  return { ratioAt: () => ratio, constant: true };
}
