import type { TopLevelSpec } from 'vega-lite';
import { inOrder, type Series, type Span } from './series.js';

/*
 * Every chart of the report as data. Colours are the page's own variables, so that the charts follow its
 * light and dark faces. Sizes are in CSS pixels; the page scales them to its columns.
 */

export type Hue = 'instruction' | 'reward' | 'alignment';
export type Format = '%' | 'number';

const width = 360;
const height = 190;
const wideWidth = 1080;
const ink = 'var(--muted)';

const look = {
  background: 'transparent',
  padding: { left: 2, right: 10, top: 6, bottom: 2 },
  autosize: { type: 'fit', contains: 'padding' },
  config: {
    font: 'inherit',
    view: { stroke: null },
    axis: {
      labelColor: ink,
      titleColor: ink,
      titleFontWeight: 'normal',
      labelFontSize: 11,
      titleFontSize: 11,
      gridColor: 'var(--line)',
      domain: false,
      tickColor: 'var(--line)',
      tickSize: 4,
      labelPadding: 4,
      titlePadding: 6,
    },
    axisX: { grid: false },
    text: { color: ink, fontSize: 10 },
  },
} as const;

const formats = { '%': '.0%', number: '~r' } as const;

/** A figure by round: clients thin, the mean thick with its points. */
export function byRound(
  series: Series,
  hue: Hue,
  format: Format,
  options: { zero?: boolean } = {},
): TopLevelSpec {
  const rounds = [...new Set([...series.clients, ...series.mean].map(({ round }) => round))];
  const color = `var(--${hue})`;
  const x = {
    field: 'round',
    type: 'quantitative',
    title: 'round',
    scale: { nice: false, padding: 8 },
    // A smaller step than the ticks' own, as Vega drops values where the step allows too few of them.
    axis: { values: integerTicks(rounds), format: 'd', labelOverlap: false, tickMinStep: 0.5 },
  } as const;
  const y = {
    field: 'value',
    type: 'quantitative',
    title: null,
    scale: { zero: options.zero ?? false, nice: true },
    axis: { format: formats[format], tickCount: 5 },
  } as const;
  return {
    ...look,
    width,
    height,
    encoding: { x, y },
    layer: [
      {
        data: { values: [...series.clients] },
        mark: { type: 'line', strokeWidth: 1.1, opacity: 0.42, color },
        encoding: { detail: { field: 'actor' }, description: { field: 'actor' } },
      },
      {
        data: { values: [...series.mean] },
        mark: {
          type: 'line',
          strokeWidth: 3,
          color,
          strokeCap: 'round',
          point: { filled: true, size: 42, color },
        },
        encoding: { description: { value: 'mean' } },
      },
    ],
  };
}

/** At most nine whole numbers that span the rounds evenly. */
function integerTicks(rounds: readonly number[]): number[] {
  if (rounds.length === 0) return [];
  const [first, last] = [Math.min(...rounds), Math.max(...rounds)];
  const stride = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((one) => (last - first) / one <= 8) ?? 1000;
  return Array.from(
    { length: Math.floor((last - first) / stride) + 1 },
    (_, index) => first + index * stride,
  );
}

/** Refusal rate against the weight of harmlessness, a point a client. */
export function refusals(
  clients: readonly { id: string; weightHarmless: number; refusalRate: number }[],
): TopLevelSpec {
  return {
    ...look,
    width,
    height,
    data: { values: clients.map((client) => ({ ...client, label: client.id.replace(/^\D+/, '') })) },
    encoding: {
      x: {
        field: 'weightHarmless',
        type: 'quantitative',
        title: 'weight of harmlessness',
        scale: { domain: [0, 1], nice: false, padding: 8 },
        axis: { tickCount: 5, format: '.1f' },
      },
      y: {
        field: 'refusalRate',
        type: 'quantitative',
        title: null,
        scale: { domain: [0, 1], nice: false, padding: 8 },
        axis: { tickCount: 5, format: '.0%' },
      },
    },
    layer: [
      {
        mark: { type: 'circle', size: 90, color: 'var(--alignment)', opacity: 0.75 },
        encoding: { description: { field: 'id' } },
      },
      { mark: { type: 'text', dx: 8, dy: -7, align: 'left' }, encoding: { text: { field: 'label' } } },
    ],
  };
}

/** Every message's delay by its kind, on a logarithmic axis, with the median of the kind. */
export function delaysByKind(
  messages: readonly { kind: string; direction: string; delaySeconds: number }[],
  kinds: readonly string[],
): TopLevelSpec {
  const y = {
    field: 'kind',
    type: 'nominal',
    title: null,
    sort: [...kinds],
    axis: { grid: true, labelLimit: 240 },
  } as const;
  const x = {
    field: 'delaySeconds',
    type: 'quantitative',
    title: 'seconds from sending to arrival (logarithmic)',
    scale: { type: 'log', nice: true },
    axis: { grid: true, tickCount: 5, format: '~r' },
  } as const;
  const color = {
    field: 'direction',
    type: 'nominal',
    scale: { domain: ['downlink', 'uplink'], range: ['var(--downlink)', 'var(--uplink)'] },
    legend: null,
  } as const;
  return {
    ...look,
    width: wideWidth,
    height: 40 + 30 * kinds.length,
    data: { values: [...messages] },
    layer: [
      { mark: { type: 'tick', size: 16, thickness: 1.4, opacity: 0.35 }, encoding: { x, y, color } },
      {
        transform: [
          {
            aggregate: [{ op: 'median', field: 'delaySeconds', as: 'delaySeconds' }],
            groupby: ['kind', 'direction'],
          },
        ],
        mark: { type: 'point', shape: 'diamond', filled: true, size: 90, opacity: 1 },
        encoding: { x, y, color },
      },
    ],
  };
}

export const steps = [
  ...['1.1', '1.2', '1.3', '1.4', '1.5'],
  ...['2.1', '2.2', '2.3', '2.4', '2.5'],
  ...['3.1', '3.2', '3.3', '3.4', '3.5'],
] as const;

/** The page's colour of a step. */
export function stepColor(step: string): string {
  return `var(--step-${step.replace('.', '-')})`;
}

/** Which actor was in which step when. */
export function timeline(spans: readonly Span[]): TopLevelSpec {
  const actors = inOrder(spans.map(({ actor }) => actor));
  return {
    ...look,
    width: wideWidth,
    height: 36 + 20 * actors.length,
    data: { values: [...spans] },
    mark: { type: 'rect', stroke: 'var(--card)', strokeWidth: 0.4 },
    encoding: {
      x: {
        field: 'fromSeconds',
        type: 'quantitative',
        title: 'virtual seconds',
        scale: { nice: false },
        axis: { grid: true, format: '~s', tickCount: 8 },
      },
      x2: { field: 'toSeconds' },
      y: { field: 'actor', type: 'nominal', title: null, sort: actors, scale: { padding: 0.2 } },
      color: {
        field: 'step',
        type: 'nominal',
        scale: { domain: [...steps], range: steps.map(stepColor) },
        legend: null,
      },
      description: { field: 'step' },
    },
  };
}
