import type { Answer } from './api.js';

type Figures = Answer<'figures'>;
type Round = Figures['rounds'][number];
type Measured = Figures['measured'][number];

export type Axis = 'round' | 'time' | 'joules';

/** Points by rising x; `least` and `greatest` over the clients where it is a mean. */
export interface Series {
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  readonly least?: readonly (number | null)[];
  readonly greatest?: readonly (number | null)[];
}

/** Where a figure comes from: rounds, or what was measured of clients in a stage. */
const sources = {
  accuracy: { stage: 'instruction', of: ({ accuracy }) => accuracy },
  loss: { stage: 'instruction', of: ({ loss }) => loss },
  'helpful reward': { stage: 'alignment', of: ({ helpful }) => helpful },
  'harmless reward': { stage: 'alignment', of: ({ harmless }) => harmless },
  'KL divergence': { stage: 'alignment', of: ({ klK1 }) => klK1 },
  delay: ({ delaySeconds }) => delaySeconds,
  energy: ({ energyJoules }) => energyJoules,
  staleness: ({ staleness }) => staleness,
  participation: ({ participation }) => participation,
} as const satisfies Readonly<
  Record<
    string,
    | ((round: Round) => number | null)
    | {
        readonly stage: Measured['stage'];
        readonly of: (metrics: Measured['metrics']) => number | null | undefined;
      }
  >
>;

export type FigureName = keyof typeof sources;

export const units = {
  axis: { round: 'round (all stages)', time: 'virtual time, s', joules: 'energy so far, J' },
  figure: {
    accuracy: 'accuracy on own rows',
    loss: 'loss, nats per token',
    'helpful reward': 'score, sd',
    'harmless reward': 'score, sd',
    'KL divergence': 'nats',
    delay: 's per round',
    energy: 'J per round',
    staleness: 'versions, mean',
    participation: 'Jain’s index',
  },
  short: {
    accuracy: '',
    loss: ' nats',
    'helpful reward': ' sd',
    'harmless reward': ' sd',
    'KL divergence': ' nats',
    delay: ' s',
    energy: ' J',
    staleness: ' versions',
    participation: '',
  },
} as const satisfies {
  readonly axis: Readonly<Record<Axis, string>>;
  readonly figure: Readonly<Record<FigureName, string>>;
  readonly short: Readonly<Record<FigureName, string>>;
};

export function seriesOf(name: FigureName, figures: Figures, axis: Axis, who: string | null): Series {
  const source = sources[name];
  if (typeof source === 'function') {
    const places = figures.rounds.map((round, index) => ({ ...round, round: index + 1 }));
    return { x: places.map((each) => xOf(each, axis)), y: figures.rounds.map(source) };
  }
  const rows = figures.measured.filter(
    ({ stage, actor }) => stage === source.stage && (who === null || actor === who),
  );
  const rounds = [...new Set(rows.map(({ round }) => round))].sort((a, b) => a - b);
  const groups = rounds.map((round) => {
    const own = rows.filter((row) => row.round === round);
    const values = own.map(({ metrics }) => source.of(metrics)).filter((value) => value != null);
    const last = own.reduce((one, other) => (other.virtualSeconds > one.virtualSeconds ? other : one));
    return { x: xOf(last, axis), values };
  });
  const points = groups.filter(({ values }) => values.length > 0);
  const x = points.map((point) => point.x);
  if (who !== null) return { x, y: points.map(({ values }) => values[0]!) };
  return {
    x,
    y: points.map(({ values }) => values.reduce((sum, value) => sum + value, 0) / values.length),
    least: points.map(({ values }) => values.reduce((a, b) => Math.min(a, b))),
    greatest: points.map(({ values }) => values.reduce((a, b) => Math.max(a, b))),
  };
}

function xOf(
  place: { readonly round: number; readonly virtualSeconds: number; readonly joules: number },
  axis: Axis,
): number {
  return { round: place.round, time: place.virtualSeconds, joules: place.joules }[axis];
}
