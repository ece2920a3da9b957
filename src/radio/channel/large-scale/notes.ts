import { keyedClients } from '../directions/client-direction.js';
import { positionsOf } from './index.js';
import { formulasOf } from './line-of-sight.js';
import { pathLosses } from './path-loss.js';
import type { Cell } from './settings.js';

interface Radio {
  readonly seed: number;
  readonly channel: { readonly cell: Cell | null };
  readonly clients: { readonly count: number };
}

/** Where a path-loss formula is used beyond what its source gives it for, a sentence each. */
export function cellNotes(scenario: Radio): readonly string[] {
  const { cell } = scenario.channel;
  if (cell === null) return [];
  const formula = pathLosses[formulasOf(cell.pathLoss)[0]!];
  const { baseHeightsMeters, distanceMeters } = formula;
  const height = cell.baseHeightMeters ?? formula.baseHeightMeters;
  const isGivenFor = height >= baseHeightsMeters.from && height <= baseHeightsMeters.to;
  const nearest = leastDistance(cell, scenario);
  return [
    ...(isGivenFor
      ? []
      : [
          `/channel/cell/baseHeightMeters: "${cell.pathLoss}" is given for a base of ` +
            `${baseHeightsMeters.from} m, not of ${height} m (null takes the former)`,
        ]),
    ...(nearest >= distanceMeters.from
      ? []
      : [
          `/channel/cell: "${cell.pathLoss}" is given from ${distanceMeters.from} m on, and a client is ` +
            `${Number(nearest.toPrecision(3))} m from the server, or may come there; the formula is extrapolated`,
        ]),
  ];
}

/** The least distance that the link budget may count, in meters. */
function leastDistance(cell: Cell, scenario: Radio): number {
  if (cell.mobility !== null) return cell.minDistanceMeters;
  const distances = keyedClients(scenario).map((client) => positionsOf(cell, client).distanceMeters(0));
  return distances.reduce((least, each) => Math.min(least, Math.max(each, cell.minDistanceMeters)), Infinity);
}
