import type { Stage } from '../../../machines/protocol.js';
import type { Summary } from '../rows.js';
import { duration, joules, number, percent } from './format.js';

/** One line of the table of results; `before` is the figure at the stage's start, where it was measured. */
export interface Figure {
  readonly stage: string;
  readonly name: string;
  readonly before: string | null;
  readonly after: string;
  /** The key of summary.json that it stands at. */
  readonly source: string;
}

/** The figures of the three stages, in the paper's order; a stage that never came has none. */
export function stageFigures({ stages }: Pick<Summary, 'stages'>): Figure[] {
  return [
    ...figuresOf('instruction', stages.instruction, [
      ['Rounds', 'rounds', String],
      ['Accuracy, own data', 'accuracy', percent],
      ['Accuracy, what others were taught', 'sharedAccuracy', percent],
      ['Validation loss (nats per token)', 'loss', number],
      ...costs,
    ]),
    ...figuresOf('reward', stages.reward, [
      ['Rounds', 'rounds', String],
      ['Pairs ranked rightly, helpfulness', 'helpfulAccuracy', percent],
      ['Pairs ranked rightly, harmlessness', 'harmlessAccuracy', percent],
      ['Bradley–Terry loss, both', 'loss', number],
      ...costs,
    ]),
    ...figuresOf('alignment', stages.alignment, [
      ['Rounds', 'rounds', String],
      ['Personalised reward', 'reward', number],
      ['Sensitive requests refused', 'refusalRate', percent, 'if measured'],
      ['Benign requests answered rightly', 'correctness', percent, 'if measured'],
      ['KL divergence from its start (nats)', 'klK1', number],
      ['Different bigrams (distinct-2)', 'distinct2', number],
      ['Loss (minus the objective)', 'loss', number],
      ...costs,
    ]),
  ];
}

const titles = {
  instruction: 'Instruction tuning',
  reward: 'Reward learning',
  alignment: 'Alignment',
} as const satisfies Record<Stage, string>;

/** A figure of a stage by its key; no line where it has to be measured and was not. */
type Line<Key> = readonly [
  name: string,
  key: Key,
  format: (value: number | null) => string,
  when?: 'if measured',
];

/** Keys of a stage's figures that are numbers or null. */
type FigureKey<S> = { [K in keyof S & string]: S[K] extends number | null ? K : never }[keyof S & string];

const costs = [
  ['Delay per round', 'delaySecondsPerRound', duration],
  ['Transmission energy per round', 'energyJoulesPerRound', joules],
] as const;

/** `…Before` beside a key is the figure at the stage's start. */
function figuresOf<S extends object>(
  stage: Stage,
  summary: S | null,
  lines: readonly Line<FigureKey<S>>[],
): Figure[] {
  if (summary === null) return [];
  const figures = summary as Readonly<Record<string, number | null>>;
  return lines.flatMap(([name, key, format, when]) => {
    const { [key]: after = null, [`${key}Before`]: before } = figures;
    if (after === null && when === 'if measured') return [];
    return {
      stage: titles[stage],
      name,
      before: before === undefined ? null : format(before),
      after: format(after),
      source: `stages.${stage}.${key}`,
    };
  });
}
