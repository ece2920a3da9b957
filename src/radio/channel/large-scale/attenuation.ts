import type { KeyedClient } from '../../../settings/per-client.js';
import { effectiveHeight } from './effective-height.js';
import { indoorOf, indoorShadowing } from './indoor.js';
import { lineOfSight, mixtureOf } from './line-of-sight.js';
import { pathLosses, type FormulaName } from './path-loss.js';
import type { Track } from './positions.js';
import type { Cell } from './settings.js';
import { shadowing } from './shadowing.js';

/** What is left of a level in dB after path loss, shadowing and walls, at a time. */
export type Attenuated = (levelDb: number, seconds: number) => number;

/** At the client's distance to the server, or at `minDistanceMeters` where it is nearer. */
export function attenuation(cell: Cell, carrierHz: number, client: KeyedClient, track: Track): Attenuated {
  const indoor = indoorOf(cell, carrierHz, client);
  const at = (seconds: number) => Math.max(track.distanceMeters(seconds), cell.minDistanceMeters);
  const through = wayOf(cell, carrierHz, client, indoor === null ? {} : indoorShadowing);
  const indoorDb = indoor?.lossDb ?? 0;
  const insideMeters = indoor?.insideMeters ?? 0;
  const mixture = mixtureOf(cell.pathLoss);
  if (mixture === undefined) {
    const only = through(cell.pathLoss as FormulaName, 'shadowing');
    return (levelDb, seconds) => only(levelDb, at(seconds), track.travelledMeters(seconds)) - indoorDb;
  }
  const isClear = lineOfSight(mixture, cell.clientHeightMeters, client);
  const clear = through(mixture.clear, 'shadowing in sight');
  const blocked = through(mixture.blocked, 'shadowing out of sight');
  return (levelDb, seconds) => {
    const [distance, travelled] = [at(seconds), track.travelledMeters(seconds)];
    const way = isClear(travelled, Math.max(distance - insideMeters, 0)) ? clear : blocked;
    return way(levelDb, distance, travelled) - indoorDb;
  };
}

/** What is left of a level by one formula, its shadowing drawn for `purpose`. */
function wayOf(
  cell: Cell,
  carrierHz: number,
  client: KeyedClient,
  indoors: Partial<typeof indoorShadowing>,
): (name: FormulaName, purpose: string) => (levelDb: number, distance: number, travelled: number) => number {
  const { clientHeightMeters } = cell;
  return (name, purpose) => {
    const formula = { ...pathLosses[name], ...indoors };
    const effectiveHeightMeters = formula.drawsEffectiveHeight
      ? effectiveHeight(clientHeightMeters, client)
      : undefined;
    const baseHeightMeters = cell.baseHeightMeters ?? formula.baseHeightMeters;
    const site = {
      baseHeightMeters,
      clientHeightMeters,
      carrierHz,
      ...(effectiveHeightMeters && { effectiveHeightMeters }),
    };
    const law = {
      deviationDb: cell.shadowingDb ?? formula.shadowingDb,
      decorrelationMeters: cell.shadowingMeters ?? formula.shadowingMeters,
    };
    const shadow = shadowing(law, client, purpose);
    return (levelDb, distance, travelled) =>
      levelDb - formula.lossDb(distance, site) - shadow.dbAt(travelled);
  };
}
