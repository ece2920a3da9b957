import type { Problem } from '../../../settings/problem.js';
import { found, must, type Rule } from '../../../settings/rule.js';
import { pathLosses } from './path-loss.js';
import type { Cell } from './settings.js';

interface Radio {
  readonly channel: { readonly cell: Cell | null; readonly carrierHz: number };
  readonly clients: { readonly count: number };
}

export const cellRules: readonly Rule<Radio>[] = [
  { states: 'clients fit into their cell', problems: cellProblems },
  { states: 'a path-loss formula is used where its source gives it', problems: formulaProblems },
];

function cellProblems({ channel: { cell }, clients: { count } }: Radio): Problem[] {
  if (cell === null) return [];
  const { radiusMeters, minDistanceMeters, positions, mobility } = cell;
  return [
    ...found(
      must(
        minDistanceMeters < radiusMeters,
        '/channel/cell/minDistanceMeters',
        minDistanceMeters,
        `less than ${radiusMeters}, which is radiusMeters`,
      ),
      must(
        positions === null || positions.length === count,
        '/channel/cell/positions',
        positions,
        `a list of ${count} positions, one for each client (${positions?.length} given)`,
      ),
      must(
        mobility === null || mobility.minSpeedMetersPerSecond <= mobility.maxSpeedMetersPerSecond,
        '/channel/cell/mobility/minSpeedMetersPerSecond',
        mobility?.minSpeedMetersPerSecond,
        `at most ${mobility?.maxSpeedMetersPerSecond}, which is maxSpeedMetersPerSecond`,
      ),
    ),
    ...(positions ?? []).flatMap((position, index) =>
      found(
        must(
          Math.hypot(...position) <= radiusMeters,
          `/channel/cell/positions/${index}`,
          position,
          `within ${radiusMeters} meters of the server, which is radiusMeters`,
          'the server stands at 0, 0',
        ),
      ),
    ),
  ];
}

/** Distances below a formula's range are not refused: clients may pass by the server. */
function formulaProblems({ channel: { cell, carrierHz } }: Radio): Problem[] {
  if (cell === null) return [];
  const formula = pathLosses[cell.pathLoss];
  const given = [
    { pointer: '/channel/carrierHz', value: carrierHz, range: formula.carrierHz, unit: 'Hz' },
    {
      pointer: '/channel/cell/clientHeightMeters',
      value: cell.clientHeightMeters,
      range: formula.clientHeightMeters,
      unit: 'meters',
    },
    {
      pointer: '/channel/cell/radiusMeters',
      value: cell.radiusMeters,
      range: { from: 0, to: formula.distanceMeters.to },
      unit: 'meters',
    },
  ];
  const advice = `"free-space" holds everywhere; the formula is that of ${formula.source}`;
  return given.flatMap(({ pointer, value, range: { from, to }, unit }) => {
    const expected = `${from} to ${to} ${unit}, the range of "${cell.pathLoss}"`;
    return found(must(value >= from && value <= to, pointer, value, expected, advice));
  });
}
