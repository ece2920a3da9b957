import { must, plausible, type Finding, type Rule } from '../../../settings/rule.js';
import { pathLosses } from './path-loss.js';
import type { Cell } from './settings.js';

interface Radio {
  readonly channel: { readonly cell: Cell | null; readonly carrierHz: number };
  readonly clients: { readonly count: number };
}

/** What a link's budget is made of beside the distance. */
const site = {
  baseHeightMeters: { from: 0, to: 1e5, unit: 'meters', advice: 'a mast has 25' },
  clientHeightMeters: { from: 0, to: 1e5, unit: 'meters', advice: 'a hand has 1.5' },
  antennaGainDb: { from: -100, to: 100, unit: 'dB', advice: 'of both antennas together' },
  noiseDensityDbmPerHz: { from: -250, to: 0, unit: 'dBm per Hz', advice: 'thermal noise is -174' },
  noiseFigureDb: { from: 0, to: 100, unit: 'dB', advice: 'a good receiver has 5 to 9' },
};

export const cellRules: readonly Rule<Radio>[] = [
  { states: 'clients fit into their cell', findings: fit },
  {
    states: 'antennas and noise are of this world',
    findings: ({ channel: { cell } }) => (cell === null ? [] : plausible('/channel/cell', cell, site)),
  },
  { states: 'a path-loss formula is used where its source gives it', findings: formulaRanges },
];

function fit({ channel: { cell }, clients: { count } }: Radio): Finding[] {
  if (cell === null) return [];
  const { radiusMeters, minDistanceMeters, positions, mobility } = cell;
  return [
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
    ...(positions ?? []).map((position, index) =>
      must(
        Math.hypot(...position) <= radiusMeters,
        `/channel/cell/positions/${index}`,
        position,
        `within ${radiusMeters} meters of the server, which is radiusMeters`,
        'the server stands at 0, 0',
      ),
    ),
  ];
}

/** Distances below a formula's range are not refused: clients may pass by the server. */
function formulaRanges({ channel: { cell, carrierHz } }: Radio): Finding[] {
  if (cell === null) return [];
  const formula = pathLosses[cell.pathLoss];
  const { clientHeightMeters, radiusMeters } = cell;
  const given = [
    ['carrierHz', carrierHz, formula.carrierHz, 'Hz'],
    ['cell/clientHeightMeters', clientHeightMeters, formula.clientHeightMeters, 'meters'],
    ['cell/radiusMeters', radiusMeters, { from: 0, to: formula.distanceMeters.to }, 'meters'],
  ] as const;
  const advice = `"free-space" holds everywhere; the formula is that of ${formula.source}`;
  return given.map(([key, value, { from, to }, unit]) => {
    const expected = `${from} to ${to} ${unit}, the range of "${cell.pathLoss}"`;
    return must(value >= from && value <= to, `/channel/${key}`, value, expected, advice);
  });
}
