import type { DirectionSettings } from '../directions/settings.js';
import type { GainPathSettings } from '../gain-paths/settings.js';
import { ratioOfDecibels } from '../rate.js';
import { dbmOfWatts, noiseDbmOf, snrDbOf } from './link-budget.js';
import { pathLosses } from './path-loss.js';
import { standing, startOf, type CellClient, type Track } from './positions.js';
import { RandomWaypoint } from './random-waypoint.js';
import type { Cell } from './settings.js';
import { shadowing } from './shadowing.js';

/** Mean SNR of a link over virtual time, as a ratio (not dB). */
export interface MeanSnr {
  /** At a virtual time of at least 0; RangeError at another where the client moves. */
  ratioAt(seconds: number): number;
  /** True: the same at all times. */
  readonly constant: boolean;
}

type Radio = Pick<GainPathSettings, 'carrierHz'> & { readonly cell: Cell | null };

/** What of a direction makes its mean SNR; the noise is counted over the bandwidth. */
export type Direction = Pick<DirectionSettings, 'powerWatts' | 'meanSnrDb' | 'bandwidthHz'>;

/**
 * The scenario's `meanSnrDb` where there is no cell; else from the link budget (link-budget.ts), at the
 * client's distance to the server, or at `minDistanceMeters` where it is nearer. Both directions of a client
 * share its position and its shadowing: their budgets differ by power and bandwidth alone.
 */
export function meanSnr({ cell, carrierHz }: Radio, direction: Direction, client: CellClient): MeanSnr {
  if (cell === null) return constantSnr(ratioOfDecibels(direction.meanSnrDb));
  const attenuation = attenuationOf(cell, carrierHz, client);
  const unattenuatedDb = snrDbOf({
    powerDbm: dbmOfWatts(direction.powerWatts),
    antennaGainDb: cell.antennaGainDb,
    noiseDbm: noiseDbmOf(cell, direction.bandwidthHz),
    pathLossDb: 0,
    shadowingDb: 0,
  });
  const ratioAt = (seconds: number) =>
    ratioOfDecibels(unattenuatedDb - attenuation.pathLossDb(seconds) - attenuation.shadowingDb(seconds));
  return cell.mobility === null ? constantSnr(ratioAt(0)) : { ratioAt, constant: false };
}

/** Where a client is, in meters, the server at the origin. */
export function positionsOf(cell: Cell, client: CellClient): Track {
  if (cell.mobility !== null) return new RandomWaypoint(cell, cell.mobility, client);
  return standing(startOf(cell, client));
}

/** A mean that stays. */
export function constantSnr(ratio: number): MeanSnr {
  return { ratioAt: () => ratio, constant: true };
}

/** What the place of a client costs, in dB over virtual time. */
function attenuationOf(cell: Cell, carrierHz: number, client: CellClient) {
  const { lossDb, shadowingDb } = pathLosses[cell.pathLoss];
  const { baseHeightMeters, clientHeightMeters, minDistanceMeters } = cell;
  const site = { baseHeightMeters, clientHeightMeters, carrierHz };
  const track = positionsOf(cell, client);
  const shadow = shadowing(
    { deviationDb: cell.shadowingDb ?? shadowingDb, decorrelationMeters: cell.shadowingMeters },
    client,
  );
  return {
    pathLossDb: (seconds: number) => lossDb(Math.max(track.distanceMeters(seconds), minDistanceMeters), site),
    shadowingDb: (seconds: number) => shadow.dbAt(track.travelledMeters(seconds)),
  };
}
