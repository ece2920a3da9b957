import type { TopLevelSpec } from 'vega-lite';
import { groupedBy } from '../../grouped.js';
import { height, look, quantity, stacked, wideWidth, width, type Layer, type LayeredView } from './look.js';
import type { Series, Turnout } from './series.js';
import { greatest, least } from '../../extremes.js';

/*
 * The charts of the stages and of the messages' delays by kind, as data.
 */

export type Hue = 'instruction' | 'reward' | 'alignment';
export type Format = '%' | 'number';

const formats = { '%': '.0%', number: '~r' } as const;

/** A round that something has to be said about: an upright line with its name beside it. */
export interface Mark {
  readonly round: number;
  /** A word or two. */
  readonly name: string;
  /** What is seen under the pointer. */
  readonly words: string;
}

export interface FigureOptions {
  /** Of the axis, where the chart's title does not say it. */
  readonly unit?: string | undefined;
  /** The axis begins at 0. */
  readonly zero?: boolean;
  readonly marks?: readonly Mark[];
}

/** A figure by round: clients thin, the mean thick with its points. */
export function byRound(series: Series, hue: Hue, format: Format, options: FigureOptions = {}): TopLevelSpec {
  return { ...look, ...figureView(series, hue, format, options) };
}

/** The same over bars, on one axis of rounds: how many updates counted in each round. */
export function byRoundWithTurnout(
  series: Series,
  turnout: readonly Turnout[],
  hue: Hue,
  format: Format,
  options: FigureOptions = {},
): TopLevelSpec {
  const rounds = [...new Set([...series.clients, ...turnout].map(({ round }) => round))];
  const bare = { labels: false, title: null };
  const above = { ...figureView(series, hue, format, options, bare), width: stackedWidth };
  const below = turnoutView(turnout, roundAxis(rounds), hue);
  return { ...stacked, vconcat: [above, below], spacing: 9, resolve: { scale: { x: 'shared' } } };
}

function figureView(
  series: Series,
  hue: Hue,
  format: Format,
  options: FigureOptions,
  axis: { labels?: boolean; title?: null } = {},
): LayeredView {
  const rounds = [...new Set([...series.clients, ...series.mean].map(({ round }) => round))];
  const color = `var(--${hue})`;
  const x = { ...roundAxis(rounds), axis: { ...roundAxis(rounds).axis, ...axis } };
  const y = quantity('value', options.unit ?? null, {
    scale: { zero: options.zero ?? false, nice: true },
    axis: { format: formats[format], tickCount: 5 },
  });
  return {
    width,
    height,
    encoding: { x, y },
    layer: [
      ...clientLayers(series.clients, color),
      {
        data: { values: series.mean.map((point) => ({ actor: 'mean', ...point })) },
        mark: {
          type: 'line',
          strokeWidth: 3,
          color,
          strokeCap: 'round',
          point: { filled: true, size: 42, color },
        },
        encoding: { description: { value: 'mean' } },
      },
      ...markLayers(options.marks ?? [], x),
    ],
  };
}

/** So many clients have a line each; more are shown as bands. */
export const mostLines = 30;
/** So many lines have their clients' numbers beside them. */
const mostNames = 12;
/** The layer of these: its values stand in another one too. */
export const endNames = 'end names';

function clientLayers(points: Series['clients'], color: string): Layer[] {
  const byClient = groupedBy(points, ({ actor }) => actor);
  if (byClient.size > mostLines) return bandLayers(points, color);
  const ends = byClient.size > mostNames ? [] : [...byClient.values()].map((own) => own.at(-1)!);
  return [
    {
      data: { values: [...points] },
      mark: { type: 'line', strokeWidth: 1.1, opacity: 0.42, color },
      encoding: { detail: { field: 'actor' }, description: { field: 'actor' } },
    },
    ...(ends.length === 0
      ? []
      : [
          {
            name: endNames,
            data: { values: ends.map((end) => ({ ...end, name: end.actor.replace(/^\D+/, '') })) },
            mark: { type: 'text', align: 'left', dx: 5, color, fontSize: 9 },
            encoding: { text: { field: 'name' } },
          } as const,
        ]),
  ];
}

/** Four fifths of the clients pale, the middle half of them less so. */
function bandLayers(points: Series['clients'], color: string): Layer[] {
  const values = [...groupedBy(points, ({ round }) => round)].map(([round, own]) => {
    const sorted = own.map(({ value }) => value).sort((a, b) => a - b);
    const at = (share: number) => quantile(sorted, share);
    return { round, tenth: at(0.1), quarter: at(0.25), threeQuarters: at(0.75), nineTenths: at(0.9) };
  });
  return (
    [
      ['tenth', 'nineTenths', 0.16],
      ['quarter', 'threeQuarters', 0.26],
    ] as const
  ).map(([low, high, opacity]) => ({
    data: { values },
    mark: { type: 'area', color, opacity },
    encoding: { y: { field: low, type: 'quantitative' }, y2: { field: high } },
  }));
}

/** Between the two values that it falls among, in proportion (R's type 7). */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (place - Math.floor(place)) * (above - below);
}

/** None for no marks: an empty layer would draw its axis all the same. */
function markLayers(marks: readonly Mark[], x: ReturnType<typeof roundAxis>): Layer[] {
  if (marks.length === 0) return [];
  const data = { values: [...marks] };
  const color = 'var(--warn)';
  const description = { field: 'words', type: 'nominal' } as const;
  return [
    {
      data,
      mark: { type: 'rule', color, strokeWidth: 1.6, strokeDash: [5, 3] },
      encoding: { x, y: { value: 0 }, y2: { value: 'height' }, description },
    },
    {
      data,
      mark: { type: 'text', color, align: 'right', baseline: 'top', dx: -4, fontWeight: 'bold' },
      encoding: { x, y: { value: 0 }, text: { field: 'name' } },
    },
  ];
}

const turnoutHeight = 34;
/** Axes come on top of it: with them the two are as wide as other charts. */
const stackedWidth = width - 34;

/** The cohort pale, the updates in the aggregate over it; a cross where the round was lost. */
function turnoutView(turnout: readonly Turnout[], x: ReturnType<typeof roundAxis>, hue: Hue): LayeredView {
  const most = Math.max(1, greatest(turnout.map(({ cohort }) => cohort)));
  const size = barWidth(turnout.length);
  const words = { field: 'words', type: 'nominal' } as const;
  const axis = { values: [0, most], format: 'd', grid: false, labelOverlap: false };
  const scale = { domain: [0, most] };
  const y = (field: 'cohort' | 'updates') => quantity(field, null, { stack: null, scale, axis });
  const bar = { type: 'bar', orient: 'vertical', size } as const;
  return {
    width: stackedWidth,
    height: turnoutHeight,
    data: { values: turnout.map((one) => ({ ...one, words: turnoutWords(one) })) },
    encoding: { x },
    layer: [
      { mark: { ...bar, color: 'var(--line)' }, encoding: { y: y('cohort'), description: words } },
      {
        mark: { ...bar, color: `var(--${hue})`, opacity: 0.8 },
        encoding: { y: y('updates'), description: words },
      },
      {
        transform: [{ filter: 'datum.lost' }],
        mark: { type: 'text', text: '×', color: 'var(--warn)', fontSize: 18, y: turnoutHeight / 2 },
      },
    ],
  };
}

function turnoutWords({ round, updates, cohort, late, lost, closedBy }: Turnout): string {
  const counted = `round ${round}: ${updates} of ${cohort} updates in the aggregate`;
  const closed = closedBy === 'deadline' ? ', closed by deadline' : '';
  return `${counted}${late > 0 ? `, ${late} late` : ''}${closed}${lost ? ', round lost' : ''}`;
}

function barWidth(rounds: number): number {
  return Math.max(1, Math.min(16, (0.7 * stackedWidth) / (rounds + 1)));
}

function roundAxis(rounds: readonly number[]) {
  return quantity('round', 'round', {
    scale: { nice: false, zero: false, padding: 10 },
    // A smaller step than the ticks' own, as Vega drops values where the step allows too few of them.
    axis: { values: integerTicks(rounds), format: 'd', labelOverlap: false, tickMinStep: 0.5 },
  });
}

/** At most ten whole numbers that span the rounds evenly, the last one among them. */
function integerTicks(rounds: readonly number[]): number[] {
  if (rounds.length === 0) return [];
  const [first, last] = [least(rounds), greatest(rounds)];
  const stride = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((one) => (last - first) / one <= 8) ?? 1000;
  const even = Array.from(
    { length: Math.floor((last - first) / stride) + 1 },
    (_, index) => first + index * stride,
  );
  // The last round always has its number; one that stands too near makes room.
  return even.at(-1) === last ? even : [...even.filter((one) => last - one > stride / 2), last];
}

/** Refusal rate against the weight of harmlessness, one point per client. */
export function refusals(
  clients: readonly { id: string; weightHarmless: number; refusalRate: number }[],
): TopLevelSpec {
  const scale = { domain: [0, 1], nice: false, padding: 8 };
  return {
    ...look,
    width,
    height,
    data: { values: clients.map((client) => ({ ...client, label: client.id.replace(/^\D+/, '') })) },
    encoding: {
      x: quantity('weightHarmless', 'weight of harmlessness', {
        scale,
        axis: { tickCount: 5, format: '.1f' },
      }),
      y: quantity('refusalRate', null, { scale, axis: { tickCount: 5, format: '.0%' } }),
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
  const x = quantity('delaySeconds', 'seconds from sending to arrival (logarithmic)', {
    scale: { type: 'log', nice: true },
    axis: { grid: true, tickCount: 5, format: '~r' },
  });
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
