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
export function stageFigures({ stages }: Summary): Figure[] {
  return [
    ...instructionFigures(stages.instruction),
    ...rewardFigures(stages.reward),
    ...alignmentFigures(stages.alignment),
  ];
}

type Stages = Summary['stages'];

function instructionFigures(stage: Stages['instruction']): Figure[] {
  if (stage === null) return [];
  const row = rowsOf('Instruction tuning', 'stages.instruction');
  return [
    row('Rounds', 'rounds', String(stage.rounds)),
    row('Accuracy, own data', 'accuracy', percent(stage.accuracy), percent(stage.accuracyBefore)),
    row(
      'Accuracy, what others were taught',
      'sharedAccuracy',
      percent(stage.sharedAccuracy),
      percent(stage.sharedAccuracyBefore),
    ),
    row('Validation loss (nats a token)', 'loss', number(stage.loss), number(stage.lossBefore)),
    ...costs(row, stage),
  ];
}

function rewardFigures(stage: Stages['reward']): Figure[] {
  if (stage === null) return [];
  const row = rowsOf('Reward learning', 'stages.reward');
  return [
    row('Rounds', 'rounds', String(stage.rounds)),
    row('Pairs ranked rightly, helpfulness', 'helpfulAccuracy', percent(stage.helpfulAccuracy)),
    row('Pairs ranked rightly, harmlessness', 'harmlessAccuracy', percent(stage.harmlessAccuracy)),
    row('Bradley–Terry loss, both', 'loss', number(stage.loss), number(stage.lossBefore)),
    ...costs(row, stage),
  ];
}

function alignmentFigures(stage: Stages['alignment']): Figure[] {
  if (stage === null) return [];
  const row = rowsOf('Alignment', 'stages.alignment');
  return [
    row('Rounds', 'rounds', String(stage.rounds)),
    row('Personalised reward', 'reward', number(stage.reward), number(stage.rewardBefore)),
    ...judged(row, 'Sensitive requests refused', 'refusalRate', stage.refusalRate, stage.refusalRateBefore),
    ...judged(
      row,
      'Benign requests answered rightly',
      'correctness',
      stage.correctness,
      stage.correctnessBefore,
    ),
    row('KL divergence from its start (nats)', 'klK1', number(stage.klK1)),
    row(
      'Different bigrams (distinct-2)',
      'distinct2',
      number(stage.distinct2),
      number(stage.distinct2Before),
    ),
    row('Loss (minus the objective)', 'loss', number(stage.loss), number(stage.lossBefore)),
    ...costs(row, stage),
  ];
}

/** No line where the data does not say what a refusal or a right answer is. */
function judged(
  row: MakeRow,
  name: string,
  key: string,
  after: number | null,
  before: number | null,
): Figure[] {
  return after === null ? [] : [row(name, key, percent(after), percent(before))];
}

type MakeRow = (name: string, key: string, after: string, before?: string) => Figure;

function rowsOf(stage: string, path: string): MakeRow {
  return (name, key, after, before) => ({
    stage,
    name,
    before: before ?? null,
    after,
    source: `${path}.${key}`,
  });
}

function costs(
  row: MakeRow,
  stage: { delaySecondsPerRound: number; energyJoulesPerRound: number },
): Figure[] {
  return [
    row('Delay a round', 'delaySecondsPerRound', duration(stage.delaySecondsPerRound)),
    row('Transmission energy a round', 'energyJoulesPerRound', joules(stage.energyJoulesPerRound)),
  ];
}
