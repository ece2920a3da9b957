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
  accuracy: { stage: 'instruction', metric: 'accuracy' },
  loss: { stage: 'instruction', metric: 'loss' },
  'accuracy on others': { stage: 'instruction', metric: 'othersAccuracy' },
  'generalization gap': { stage: 'instruction', metric: 'generalizationGap' },
  'personalization gap': { stage: 'instruction', metric: 'personalizationGap' },
  perplexity: { stage: 'instruction', metric: 'perplexity' },
  'helpful reward': { stage: 'alignment', metric: 'helpful' },
  'harmless reward': { stage: 'alignment', metric: 'harmless' },
  'KL divergence': { stage: 'alignment', metric: 'klK1' },
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
        readonly metric: string;
      }
  >
>;

export type FigureName = keyof typeof sources;

export const units = {
  axis: { round: 'round (all stages)', time: 'virtual time, s', joules: 'energy so far, J' },
  figure: {
    accuracy: 'accuracy on own rows',
    loss: 'loss, nats per token',
    'accuracy on others': 'accuracy on other clients’ rows',
    'generalization gap': 'accuracy, own training less own test',
    'personalization gap': 'accuracy, own test less others’',
    perplexity: 'of pre-training text',
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
    'accuracy on others': '',
    'generalization gap': '',
    'personalization gap': '',
    perplexity: '',
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

/** `isMean`: over several clients, which has a spread. */
export function seriesOf(name: FigureName, figures: Figures, axis: Axis, isMean: boolean): Series {
  const source = sources[name];
  if (typeof source === 'function') {
    const places = figures.rounds.map((round, index) => ({ ...round, round: index + 1 }));
    return { x: places.map((each) => xOf(each, axis)), y: figures.rounds.map(source) };
  }
  const points = figures.measured
    .filter(({ stage, metrics }) => stage === source.stage && source.metric in metrics)
    .sort((one, other) => one.round - other.round);
  const values = points.map(({ metrics }) => metrics[source.metric]!);
  const mean = { x: points.map((each) => xOf(each, axis)), y: values.map((value) => value.mean) };
  if (!isMean) return mean;
  return {
    ...mean,
    least: values.map((value) => value.least),
    greatest: values.map((value) => value.greatest),
  };
}

function xOf(
  place: { readonly round: number; readonly virtualSeconds: number; readonly joules: number },
  axis: Axis,
): number {
  return { round: place.round, time: place.virtualSeconds, joules: place.joules }[axis];
}
