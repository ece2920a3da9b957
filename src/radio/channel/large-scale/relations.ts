import {
  givesAll,
  perClientFindings,
  valueFinding,
  type ValueRule,
} from '../../../settings/per-client-findings.js';
import { must, plausible, type Finding, type Rule } from '../../../settings/rule.js';
import { keyedClients } from '../directions/client-direction.js';
import { formulasOf } from './line-of-sight.js';
import { pathLosses } from './path-loss.js';
import type { Cell, DistanceLaw } from './settings.js';
import { distanceQuantity } from './stated-snr.js';

interface Radio {
  readonly seed: number;
  readonly channel: {
    readonly cell: Cell | null;
    readonly distanceLaw: DistanceLaw | null;
    readonly carrierHz: number;
  };
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
  { states: 'distances are given once, and for each client', findings: distances },
  {
    states: 'clients are indoors where the source of the path loss says what that costs',
    findings: ({ channel: { cell } }) =>
      cell !== null &&
      must(
        cell.indoorShare === 0 || cell.pathLoss.startsWith('tr38901'),
        '/channel/cell/indoorShare',
        cell.indoorShare,
        `0 where pathLoss is "${cell.pathLoss}"`,
        'walls are those of 3GPP TR 38.901: take one of its path losses',
      ),
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

function distances(scenario: Radio): Finding[] {
  const { cell, distanceLaw } = scenario.channel;
  const isLawful = (value: number) => value > 0;
  return [
    must(
      cell === null || distanceLaw === null,
      '/channel/distanceLaw',
      distanceLaw,
      'null where there is a cell',
      'in a cell, distances are /channel/cell/distanceMeters and the law is /channel/cell/pathLoss',
    ),
    must(
      cell === null || cell.distanceMeters === null || cell.positions === null,
      '/channel/cell/distanceMeters',
      cell?.distanceMeters,
      'null where /channel/cell/positions say where clients are',
      'take one of the two out',
    ),
    ...distanceFindings(
      scenario,
      '/channel/distanceLaw/distanceMeters',
      distanceLaw?.distanceMeters ?? null,
      {
        holds: isLawful,
        expected: 'a number of meters above 0',
        advice: 'cut a normal off by its from',
      },
    ),
    ...distanceFindings(scenario, '/channel/cell/distanceMeters', cell?.distanceMeters ?? null, {
      holds: (value) => value >= 0 && value <= cell!.radiusMeters,
      expected: `0 to ${cell?.radiusMeters} meters, which is radiusMeters`,
    }),
  ];
}

/** Whether each client's distance can be told where there is no cell; else `cellRules` say what is missing. */
export function tellsDistance({ channel: { distanceLaw }, clients }: Omit<Radio, 'seed'>): boolean {
  return distanceLaw === null || givesAll(distanceLaw.distanceMeters, clients.count);
}

function distanceFindings(
  scenario: Radio,
  pointer: string,
  setting: Cell['distanceMeters'],
  rule: ValueRule,
): Finding[] {
  if (setting === null) return [];
  return [
    ...perClientFindings(setting, pointer, scenario.clients.count),
    valueFinding(setting, { pointer, quantity: distanceQuantity }, keyedClients(scenario), rule),
  ];
}

/** Distances below a formula's range are not refused: clients may pass by the server. */
function formulaRanges({ channel: { cell, carrierHz } }: Radio): Finding[] {
  if (cell === null) return [];
  // The two formulas of a mixture have one range.
  const formula = pathLosses[formulasOf(cell.pathLoss)[0]!];
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
