import type { TopLevelSpec } from 'vega-lite';
import { greatest } from '../extremes.js';
import { height, look, quantity, stacked, width, type Layer } from '../records/report/look.js';
import type { Comparison, ComparedGroup } from './compare.js';
import { headOf, units, type AnyFigure } from './figure.js';
import { shownValue, textOf } from './settings.js';
import { inUnit } from './texts.js';

/*
 * A figure of all groups as a chart: runs faint, means strong, with their intervals. Where a setting is a number, over
 * that number as lines; else one line below the other.
 */

/** Colours of the page, one for each value of a setting, from the first again where there are more. */
const hues = [
  ...['instruction', 'reward', 'alignment', 'uplink'],
  ...['lane-on-the-air', 'lane-aggregating', 'downlink', 'lane-off'],
].map((name) => `var(--${name})`);

/** Which setting does what in the charts of a comparison: places in the groups' values. */
interface Places {
  /** A number, along the axis; null where none differs. */
  readonly axis: number | null;
  readonly colour: number | null;
  /** In a chart of its own for each of their values. */
  readonly facets: readonly number[];
}

/** The number with the most values is the axis; of the others the first has colours, the rest has charts. */
export function placesOf({ paths, groups }: Pick<Comparison, 'paths' | 'groups'>): Places {
  const counts = paths.map((_, place) => {
    const values = groups.map((group) => group.values[place]);
    const isNumber = values.every((value) => typeof value === 'number');
    return isNumber ? new Set(values.map(textOf)).size : 0;
  });
  const most = greatest(counts);
  if (!(most > 1)) return { axis: null, colour: null, facets: [] };
  const axis = counts.indexOf(most);
  const [colour = null, ...facets] = paths.map((_, place) => place).filter((place) => place !== axis);
  return { axis, colour, facets };
}

/** What is drawn of a figure: each run, and the mean of each group with its interval. */
interface Point {
  readonly kind: 'run' | 'mean';
  readonly group: string;
  readonly at: number | null;
  readonly series: string;
  readonly facet: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly words: string;
  readonly [key: string]: string | number | null;
}

/** The chart of a figure; null where no group has it. */
export function chartOf(comparison: Comparison, figure: AnyFigure): TopLevelSpec | null {
  const places = placesOf(comparison);
  const points = comparison.groups.flatMap((group) => pointsOf(group, figure, comparison.paths, places));
  if (points.length === 0) return null;
  return places.axis === null
    ? below(points, comparison, figure)
    : along(points, comparison.paths[places.axis]!, places, comparison.paths, figure);
}

function pointsOf(
  group: ComparedGroup,
  figure: AnyFigure,
  paths: readonly string[],
  { axis, colour, facets }: Places,
): readonly Point[] {
  const mean = group.estimates[figure.key] ?? null;
  if (mean === null) return [];
  const own = {
    group: group.name,
    at: axis === null ? null : (group.values[axis] as number),
    series: colour === null ? 'all' : shownValue(group.values[colour]),
    facet: facets.map((place) => `${paths[place]} ${shownValue(group.values[place])}`).join(', '),
  };
  const shown = (value: number) => inUnit(figure, value);
  const runs = group.runs.flatMap(({ seed, figures }) => {
    const value = figures[figure.key] ?? null;
    if (value === null) return [];
    const words = `${group.name}, seed ${seed}`;
    return [{ kind: 'run' as const, ...own, value: shown(value), low: null, high: null, words }];
  });
  const [low, high] = [mean.interval?.low ?? mean.mean, mean.interval?.high ?? mean.mean].map(shown);
  const words = `${group.name}: mean of ${mean.n}`;
  return [...runs, { kind: 'mean', ...own, value: shown(mean.mean), low: low!, high: high!, words }];
}

const description = { field: 'words', type: 'nominal' } as const;
const ofKind = (kind: Point['kind']) => [{ filter: `datum.kind === '${kind}'` }];

/** A line of the chart for each group. */
function below(points: readonly Point[], { groups }: Comparison, figure: AnyFigure): TopLevelSpec {
  const names = groups.map(({ name }) => name);
  const x = quantity('value', headOf(figure), {
    scale: { zero: false, nice: true },
    axis: { tickCount: 5, format: '~r' },
  });
  const y = {
    field: 'group',
    type: 'nominal',
    title: null,
    sort: names,
    axis: { labelLimit: 170, grid: false },
  } as const;
  const color = 'var(--instruction)';
  return {
    ...look,
    width,
    height: Math.max(90, 40 + 26 * names.length),
    data: { values: [...points] },
    layer: [
      {
        transform: ofKind('run'),
        mark: { type: 'circle', size: 34, opacity: 0.35, color },
        encoding: { x, y, description },
      },
      {
        transform: ofKind('mean'),
        mark: { type: 'rule', strokeWidth: 2, color },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y },
      },
      {
        transform: ofKind('mean'),
        mark: { type: 'point', shape: 'diamond', filled: true, size: 80, opacity: 1, color },
        encoding: { x, y, description },
      },
    ],
  };
}

/** Over a number: a line for each value of the setting with colours, a chart for each value of the rest. */
function along(
  points: readonly Point[],
  path: string,
  { colour, facets }: Places,
  paths: readonly string[],
  figure: AnyFigure,
): TopLevelSpec {
  const x = quantity('at', path, {
    scale: { zero: false, nice: true, padding: 8 },
    axis: { tickCount: 5, format: '~r' },
  });
  const y = quantity('value', units[figure.unit].sign, {
    scale: { zero: false, nice: true },
    axis: { tickCount: 5, format: '~r' },
  });
  const series = [...new Set(points.map((point) => point.series))];
  const color = {
    field: 'series',
    type: 'nominal',
    scale: { domain: series, range: series.map((_, index) => hues[index % hues.length]!) },
    legend:
      colour === null
        ? null
        : ({
            title: paths[colour]!,
            labelColor: 'var(--muted)',
            titleColor: 'var(--muted)',
            orient: 'bottom',
            columns: 3,
          } as const),
  } as const;
  const layer: Layer[] = [
    {
      transform: ofKind('run'),
      mark: { type: 'circle', size: 26, opacity: 0.3 },
      encoding: { x, y, color, description },
    },
    {
      transform: ofKind('mean'),
      mark: { type: 'rule', strokeWidth: 1.5 },
      encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
    },
    {
      transform: ofKind('mean'),
      mark: { type: 'line', strokeWidth: 2, point: { filled: true, size: 46 } },
      encoding: { x, y, color, description },
    },
  ];
  const data = { values: [...points] };
  if (facets.length === 0) return { ...look, width, height: height + 50, data, layer };
  const field = { field: 'facet', type: 'nominal', title: null } as const;
  const header = { labelColor: 'var(--muted)' } as const;
  return {
    ...stacked,
    data,
    facet: { ...field, header },
    columns: 3,
    spec: { width: 200, height: 150, layer },
  };
}
