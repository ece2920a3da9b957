import { stages, type Stage } from '../../../machines/protocol.js';
import type { Objective } from '../../learning/objective.js';
import { sumOfFigures } from '../../learning/training/figure.js';
import type { RunDocuments } from '../read.js';
import type { MetricRow } from '../rows.js';
import type { ReportRun } from './report-rows.js';
import {
  byRound,
  byRoundWithTurnout,
  refusals,
  type FigureOptions,
  type Format,
  type Mark,
} from './charts.js';
import { heldOut, metric, objectivesWithout, rowsOfTask, type Pick } from '../held-out.js';
import { matrixPanel, sharesPanel } from './overfitting.js';
import { collapseMarks } from './collapse.js';
import { figureName, figureNames, heldOutLossName, lossWords, reportedLossName } from './figure-names.js';
import { number } from './format.js';
import type { Panel } from './panel.js';
import { spearman, spearmanInterval } from '../rank-correlation.js';
import { clientSeries, reportedLossSeries, turnoutOf, type Series } from './series.js';

export interface StageSection {
  readonly stage: Stage;
  readonly title: string;
  readonly lead: string;
  readonly panels: readonly Panel[];
}

/** `metrics`: its rows of rounds and of what was measured. */
interface Rows extends Omit<RunDocuments, 'manifest'> {
  readonly metrics: readonly MetricRow[];
}

/** Delay and energy of the messages, by stage. */
export function linkPanels({ rows: { costs: sums, rounds } }: ReportRun): Panel[] {
  return costs.flatMap(({ title, name, unit }) =>
    stages.flatMap((stage) => {
      const source = `messages.jsonl: ${name}, down and up, by members of the round rows of metrics.jsonl`;
      const series = sums.series(rounds, stage, (costs) => costs[name]);
      const figure = {
        title: `${title}, ${stageWords[stage]}`,
        source,
        series,
        stage,
        format: 'number',
        unit,
      } as const;
      return panel(figure, { zero: true });
    }),
  );
}

/** The three stages with the charts for which there are figures; a stage without any is left out. */
export function stageSections(run: Rows): StageSection[] {
  return sections
    .map(({ panels, ...section }) => ({
      ...section,
      panels: panels.flatMap((panelsOf) => panelsOf(run, section.stage)),
    }))
    .filter(({ panels }) => panels.length > 0);
}

/** The chart of a figure of a stage; none where nobody has the figure. */
type Panels = (run: Rows, stage: Stage) => readonly Panel[];

/** On validation pairs; in records of an earlier version on the test pairs. */
const validationLosses =
  (own: readonly Objective[]): Pick =>
  (metrics) =>
    sumOfFigures(
      own.map(
        (objective) => metrics[`${objective}ValidationLoss`] ?? metrics[`${objective}TestLoss`] ?? null,
      ),
    );

/** What the clients report of the reward models that the method has. */
const rewardLoss: Panels = (run, stage) => {
  const { judges } = run.summary;
  const own = objectivesWithout(judges);
  const figure = lossesNamed(own, 'ValidationLoss');
  return reportedLoss('reward', lossWords.reward(judges), figure, validationLosses(own))(run, stage);
};

/** What is measured of them. */
const rewardTestLoss: Panels = (run, stage) => {
  const figure = lossesNamed(objectivesWithout(run.summary.judges), 'Loss');
  return heldOutLoss('reward', figure)(run, stage);
};

const lossesNamed = (own: readonly Objective[], what: string) =>
  `metrics.${own.map((objective) => `${objective}${what}`).join(' + ')}`;

const minusObjective: Pick = (metrics) => {
  const objective = metrics['objective/rlhf_reward'] ?? null;
  return objective === null ? null : -objective;
};

/** What the clients report, by the algorithm: one that learns from pairs has a loss, and no objective. */
const alignmentLoss: Panels = (run, stage) => {
  const isOfPairs = rowsOfTask(run.metrics, 'align').some(({ metrics }) => 'loss' in metrics);
  const panels = isOfPairs
    ? reportedLoss('align', 'on preference pairs', 'metrics.loss', metric('loss'))
    : reportedLoss(
        'align',
        lossWords.alignment(run.summary.judges),
        '−metrics["objective/rlhf_reward"]',
        minusObjective,
      );
  return panels(run, stage);
};

const scoreUnits: Readonly<Partial<Record<keyof typeof figureNames, string>>> = {
  reward: 'standard deviations',
  helpful: 'standard deviations',
  harmless: 'standard deviations',
};

function figure(task: string, key: keyof typeof figureNames, format: Format = 'number'): Panels {
  return (run, stage) => {
    const title = figureName(key, run.summary.judges);
    return measured(task, title, `metrics.${key}`, metric(key), format, scoreUnits[key])(run, stage);
  };
}

function measured(
  task: string,
  title: string,
  figure: string,
  pick: Pick,
  format: Format = 'number',
  unit?: string,
): Panels {
  const source = `metrics.jsonl: client rows, task ${task}, ${figure}`;
  return (run, stage) => {
    const series = clientSeries(ofStage(run.metrics, stage), task, pick);
    return turnoutPanel(run, { title, source, series, stage, format, unit });
  };
}

/** One task may be measured in several stages. */
const ofStage = (rows: Rows['metrics'], stage: Stage) =>
  rows.filter((row) => row.type === 'client' && row.stage === stage);

/** What is measured after a round; `figure` says which metrics it is made of. */
function heldOutLoss(stage: Stage, figure: string): Panels {
  const { task, loss } = heldOut[stage];
  return (run, of) => {
    const { judges } = run.summary;
    return measured(task, heldOutLossName(lossWords[stage](judges)), figure, loss(judges))(run, of);
  };
}

/** What the clients report of their training, which the server judges convergence by. */
function reportedLoss(task: string, words: string, figure: string, pick: Pick): Panels {
  const source = `metrics.jsonl: client rows, task ${task}, ${figure}; mean: round rows, loss`;
  return (run, stage) => {
    const series = reportedLossSeries(run.metrics, stage, task, pick);
    return turnoutPanel(run, { title: reportedLossName(words), source, series, stage, format: 'number' });
  };
}

/** A figure by round over the updates that counted; without a round that was closed, the figure alone. */
function turnoutPanel(run: Rows, figure: FigureOfStage): Panel[] {
  const { title, source, series, stage, format, unit } = figure;
  const turnout = turnoutOf(run.metrics, stage);
  const marks = marksOf(run, stage);
  const isFull = turnout.every(({ updates, cohort }) => updates === cohort);
  if (isFull) return panel(figure, { marks });
  if (series.mean.length === 0 && series.clients.length === 0) return [];
  return [
    {
      title,
      source: `${source}; bars: round rows, updates of cohort`,
      chart: byRoundWithTurnout(series, turnout, stage, format, { marks, unit }),
    },
  ];
}

interface FigureOfStage extends Omit<Panel, 'chart' | 'note'> {
  readonly series: Series;
  readonly stage: Stage;
  readonly format: Format;
  /** Of the axis, where the title does not say it. */
  readonly unit?: string | undefined;
}

/** The rounds in which alignment began to go wrong. */
function marksOf({ summary }: Rows, stage: Stage): readonly Mark[] {
  return stage === 'alignment' ? collapseMarks(summary.stages.alignment?.collapse ?? []) : [];
}

/** What a round costs a client. */
const costs = [
  { title: 'Seconds per client', name: 'delaySeconds', unit: 's' },
  { title: 'Joules per client', name: 'energyJoules', unit: 'J' },
] as const;

const stageWords = { instruction: 'Step 1', reward: 'Step 2', alignment: 'Step 3' } as const;

function panel(
  { title, source, series, stage, format, unit }: FigureOfStage,
  options: FigureOptions,
): Panel[] {
  if (series.mean.length === 0) return [];
  return [{ title, source, chart: byRound(series, stage, format, { ...options, unit }) }];
}

const refusalPanel: Panels = ({ summary }) => {
  const clients = (summary.stages.alignment?.clients ?? []).flatMap(({ id, weightHarmless, refusalRate }) =>
    refusalRate === null ? [] : [{ id, weightHarmless, refusalRate }],
  );
  if (clients.length === 0) return [];
  const rho = spearman(clients.map(({ weightHarmless, refusalRate }) => [weightHarmless, refusalRate]));
  return [
    {
      title: `${figureNames.refusalRate}, by weight of harmlessness`,
      source: 'summary.json: stages.alignment.clients, refusalRate by weightHarmless',
      ...(rho !== null && { note: correlationNote(rho, clients.length) }),
      chart: refusals(clients),
    },
  ];
};

function correlationNote(rho: number, clients: number): string {
  const interval = spearmanInterval(rho, clients);
  const range = interval && `, 95 % interval ${number(interval.low)} to ${number(interval.high)}`;
  return `Spearman ρ = ${number(rho)} over ${clients} clients${range ?? ''}`;
}

/** How far personalization goes, where dials of `measure` ask. */
const overfitting: readonly Panels[] = [
  figure('generalize', 'trainAccuracy', '%'),
  figure('generalize', 'othersAccuracy', '%'),
  figure('generalize', 'commonAccuracy', '%'),
  figure('generalize', 'newcomersAccuracy', '%'),
  figure('generalize', 'generalizationGap', '%'),
  figure('generalize', 'personalizationGap', '%'),
  ({ summary }, stage) => matrixPanel(summary, stage),
  ({ summary }, stage) => sharesPanel(summary, stage),
  figure('perplexity', 'perplexity'),
];

/** What each section shows, in a reader's order. */
const sections: readonly (Omit<StageSection, 'panels'> & { readonly panels: readonly Panels[] })[] = [
  {
    stage: 'instruction',
    title: 'Step 1 · Federated instruction tuning',
    lead: 'Teacher-forced next-token accuracy on held-out responses, each client with its own model.',
    panels: [
      figure('evaluate', 'accuracy', '%'),
      figure('evaluate', 'factAccuracy', '%'),
      figure('evaluate', 'unseenAccuracy', '%'),
      figure('evaluate', 'sharedAccuracy', '%'),
      heldOutLoss('instruction', 'metrics.loss'),
      reportedLoss('instruct', lossWords.instruction([]), 'metrics.validationLoss', metric('validationLoss')),
      ...overfitting,
    ],
  },
  {
    stage: 'reward',
    title: 'Step 2 · Federated reward learning',
    lead: 'Share of held-out preference pairs that the global reward models rank as labelled.',
    panels: [
      figure('rewardTest', 'helpfulAccuracy', '%'),
      figure('rewardTest', 'harmlessAccuracy', '%'),
      rewardTestLoss,
      rewardLoss,
    ],
  },
  {
    stage: 'alignment',
    title: 'Step 3 · Federated alignment tuning',
    lead: 'Rewards are standardised on samples of the policy before alignment.',
    panels: [
      figure('score', 'reward'),
      figure('score', 'helpful'),
      figure('score', 'harmless'),
      refusalPanel,
      figure('score', 'correctness', '%'),
      figure('score', 'klK1'),
      figure('score', 'length'),
      figure('score', 'distinct2'),
      heldOutLoss('alignment', '−metrics.objective'),
      measured(
        'align',
        'Entropy of a token (nats)',
        'metrics.policy/entropy_avg',
        metric('policy/entropy_avg'),
      ),
      alignmentLoss,
      ...overfitting,
    ],
  },
];
