import type { Stage } from '../../../machines/protocol.js';
import type { TuningStage } from '../../strategies/methods/method.js';
import type { Interval } from '../../interval.js';
import type { Summary } from '../summary.js';
import { figureName, heldOutLossName, lossWords, stageTitles, type figureNames } from './figure-names.js';
import { duration, joules, number, percent } from './format.js';

/** One line of the table of results; `before` is the figure at the stage's start, where it was measured. */
export interface Figure {
  readonly stage: string;
  readonly name: string;
  readonly before: string | null;
  readonly after: string;
  /** 95 % of `after`, where it is a rate of few responses. */
  readonly interval: Interval | null;
  /** The key of summary.json that it stands at. */
  readonly source: string;
}

/** The figures of the three stages, in the paper's order; a stage that never came has none. */
export function stageFigures({
  stages,
  judges,
  overfitting,
}: Pick<Summary, 'stages' | 'judges'> & Partial<Pick<Summary, 'overfitting'>>): Figure[] {
  const { named, heldOutLoss } = linesUnder(judges);
  const beyondOwn = (stage: TuningStage) =>
    figuresOf(stage, overfitting?.[stage] ?? null, overfittingLines(named), `overfitting.${stage}`);
  return [
    ...figuresOf('instruction', stages.instruction, [
      ['Rounds', 'rounds', String],
      named('accuracy', percent),
      named('factAccuracy', percent, 'if measured'),
      named('unseenAccuracy', percent, 'if measured'),
      named('sharedAccuracy', percent),
      heldOutLoss('instruction'),
      ...costs,
    ]),
    ...beyondOwn('instruction'),
    ...figuresOf('reward', stages.reward, [
      ['Rounds', 'rounds', String],
      named('helpfulAccuracy', percent),
      named('harmlessAccuracy', percent),
      heldOutLoss('reward'),
      ...costs,
    ]),
    ...figuresOf('alignment', stages.alignment, [
      ['Rounds', 'rounds', String],
      named('reward', number),
      named('rewardStripped', number, 'if measured'),
      named('refusalRate', percent, 'if measured'),
      named('correctness', percent, 'if measured'),
      named('klK1', number),
      named('distinct2', number),
      heldOutLoss('alignment'),
      ...costs,
    ]),
    ...beyondOwn('alignment'),
  ];
}

/** A figure of a stage by its key; no line where it has to be measured and was not. */
type Line<Key> = readonly [
  name: string,
  key: Key,
  format: (value: number | null) => string,
  when?: 'if measured' | undefined,
];

const overfittingLines = (named: ReturnType<typeof linesUnder>['named']) => [
  named('trainAccuracy', percent, 'if measured'),
  named('othersAccuracy', percent, 'if measured'),
  named('commonAccuracy', percent, 'if measured'),
  named('newcomersAccuracy', percent, 'if measured'),
  named('generalizationGap', percent, 'if measured'),
  named('personalizationGap', percent, 'if measured'),
  named('perplexity', number, 'if measured'),
];

/** Lines of a run in which measurement's judges are of these objectives. */
function linesUnder(judges: Summary['judges']) {
  return {
    named: <Key extends keyof typeof figureNames>(
      key: Key,
      format: (value: number | null) => string,
      when?: 'if measured',
    ): Line<Key> => [figureName(key, judges), key, format, when],
    heldOutLoss: (stage: Stage): Line<'heldOutLoss'> => [
      heldOutLossName(lossWords[stage](judges)),
      'heldOutLoss',
      number,
    ],
  };
}

/** Keys of a stage's figures that are numbers or null. */
type FigureKey<S> = { [K in keyof S & string]: S[K] extends number | null ? K : never }[keyof S & string];

const costs = [
  ['Delay per round', 'delaySecondsPerRound', duration],
  ['Energy of the messages per round', 'energyJoulesPerRound', joules],
  ['Energy of the devices per round', 'deviceJoulesPerRound', joules, 'if measured'],
  ['Energy of the server per round', 'serverJoulesPerRound', joules, 'if measured'],
] as const;

/** `…Before` beside a key is the figure at the stage's start. */
function figuresOf<S extends object>(
  stage: Stage,
  summary: S | null,
  lines: readonly Line<FigureKey<S>>[],
  place = `stages.${stage}`,
): Figure[] {
  if (summary === null) return [];
  const figures = summary as Readonly<Record<string, number | null>>;
  const { intervals } = summary as { readonly intervals?: Readonly<Record<string, Interval | null>> | null };
  return lines.flatMap(([name, key, format, when]) => {
    const { [key]: after = null, [`${key}Before`]: before } = figures;
    if (after === null && when === 'if measured') return [];
    return {
      stage: stageTitles[stage],
      name,
      before: before === undefined ? null : format(before),
      after: format(after),
      interval: intervals?.[key] ?? null,
      source: `${place}.${key}`,
    };
  });
}
