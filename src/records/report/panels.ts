import type { TopLevelSpec } from 'vega-lite';
import type { Stage } from '../../../machines/protocol.js';
import type { RunRecords } from '../read.js';
import {
  byRound,
  byRoundWithTurnout,
  refusals,
  type FigureOptions,
  type Format,
  type Mark,
} from './charts.js';
import { collapseMarks } from './collapse.js';
import { number } from './format.js';
import {
  clientSeries,
  costSeries,
  lossSeries,
  metric,
  spearman,
  turnoutOf,
  type Pick,
  type Series,
} from './series.js';

/** A chart with what it shows and where its figures come from. */
export interface Panel {
  readonly title: string;
  readonly source: string;
  readonly note?: string;
  readonly chart: TopLevelSpec;
}

export interface StageSection {
  readonly stage: Stage;
  readonly title: string;
  readonly lead: string;
  readonly panels: readonly Panel[];
}

type Rows = Omit<RunRecords, 'manifest'>;

/** Delay and energy of the messages, by stage. */
export function linkPanels(run: Rows): Panel[] {
  const stages: readonly Stage[] = ['instruction', 'reward', 'alignment'];
  const panels = stages.map((stage) => costPanels(run, stage));
  return [...panels.flatMap(([delay]) => delay ?? []), ...panels.flatMap(([, energy]) => energy ?? [])];
}

/** The three stages with the charts for which there are figures; a stage without any is left out. */
export function stageSections(run: Rows): StageSection[] {
  const sections: StageSection[] = [
    {
      stage: 'instruction',
      title: 'Step 1 · Federated instruction tuning',
      lead: 'Teacher-forced next-token accuracy on held-out responses, each client with its own model.',
      panels: [
        ...taskPanel(run, 'instruction', 'evaluate', 'Accuracy on own data', 'accuracy', '%'),
        ...taskPanel(
          run,
          'instruction',
          'evaluate',
          'Accuracy on what others were taught',
          'sharedAccuracy',
          '%',
        ),
        ...lossPanel(
          run,
          'instruction',
          'instruct',
          'Validation loss (nats a token)',
          'metrics.validationLoss',
          metric('validationLoss'),
        ),
      ],
    },
    {
      stage: 'reward',
      title: 'Step 2 · Federated reward learning',
      lead: 'Share of held-out preference pairs that the global reward models rank as labelled.',
      panels: [
        ...taskPanel(
          run,
          'reward',
          'rewardTest',
          'Pairs ranked rightly, helpfulness',
          'helpfulAccuracy',
          '%',
        ),
        ...taskPanel(
          run,
          'reward',
          'rewardTest',
          'Pairs ranked rightly, harmlessness',
          'harmlessAccuracy',
          '%',
        ),
        ...lossPanel(
          run,
          'reward',
          'reward',
          'Bradley–Terry loss, both objectives',
          'metrics.helpfulTestLoss + harmlessTestLoss',
          bothLosses,
        ),
      ],
    },
    {
      stage: 'alignment',
      title: 'Step 3 · Federated alignment tuning',
      lead: 'Rewards are standardised on samples of the policy before alignment.',
      panels: [
        ...taskPanel(run, 'alignment', 'score', 'Personalised reward', 'reward', 'number'),
        ...taskPanel(run, 'alignment', 'score', 'Helpful score', 'helpful', 'number'),
        ...taskPanel(run, 'alignment', 'score', 'Harmless score', 'harmless', 'number'),
        ...refusalPanel(run),
        ...taskPanel(run, 'alignment', 'score', 'Right answers to benign requests', 'correctness', '%'),
        ...taskPanel(run, 'alignment', 'score', 'KL divergence from its start (nats)', 'klK1', 'number'),
        ...taskPanel(run, 'alignment', 'score', 'Length of a response (tokens)', 'length', 'number'),
        ...taskPanel(run, 'alignment', 'score', 'Different bigrams (distinct-2)', 'distinct2', 'number'),
        ...taskPanel(run, 'alignment', 'align', 'Entropy of a token (nats)', 'policy/entropy_avg', 'number'),
        ...alignmentLossPanel(run),
      ],
    },
  ];
  return sections.filter(({ panels }) => panels.length > 0);
}

const bothLosses: Pick = ({ helpfulTestLoss, harmlessTestLoss }) =>
  typeof helpfulTestLoss === 'number' && typeof harmlessTestLoss === 'number'
    ? helpfulTestLoss + harmlessTestLoss
    : null;

const minusObjective: Pick = (metrics) => {
  const objective = metrics['objective/rlhf_reward'];
  return typeof objective === 'number' ? -objective : null;
};

/** What the clients report, by the algorithm: one that learns from pairs has a loss, and no objective. */
function alignmentLossPanel(run: Rows): Panel[] {
  const isOfPairs = run.metrics.some(
    (row) => row.type === 'client' && row.task === 'align' && 'loss' in row.metrics,
  );
  return isOfPairs
    ? lossPanel(run, 'alignment', 'align', 'Loss on preference pairs', 'metrics.loss', metric('loss'))
    : lossPanel(
        run,
        'alignment',
        'align',
        'Loss (minus the objective)',
        '−metrics["objective/rlhf_reward"]',
        minusObjective,
      );
}

function taskPanel(
  run: Rows,
  stage: Stage,
  task: string,
  title: string,
  name: string,
  format: Format,
): Panel[] {
  const series = clientSeries(run.metrics, task, metric(name));
  const source = `metrics.jsonl: client rows, task ${task}, metrics.${name}`;
  return turnoutPanel({ title, source, run, series, stage, format });
}

function lossPanel(
  run: Rows,
  stage: Stage,
  task: string,
  title: string,
  figure: string,
  pick: Pick,
): Panel[] {
  const source = `metrics.jsonl: client rows, task ${task}, ${figure}; mean: round rows, loss`;
  const series = lossSeries(run.metrics, stage, task, pick);
  return turnoutPanel({ title, source, run, series, stage, format: 'number' });
}

/** A figure by round over the updates that counted; without a round that was closed, the figure alone. */
function turnoutPanel({ title, source, run, series, stage, format }: FigureOfStage): Panel[] {
  const turnout = turnoutOf(run.metrics, stage);
  const marks = marksOf(run, stage);
  if (turnout.length === 0) return panel(title, source, series, stage, format, { marks });
  if (series.mean.length === 0 && series.clients.length === 0) return [];
  return [
    {
      title,
      source: `${source}; bars: round rows, updates of cohort`,
      chart: byRoundWithTurnout(series, turnout, stage, format, marks),
    },
  ];
}

interface FigureOfStage extends Omit<Panel, 'chart' | 'note'> {
  readonly run: Rows;
  readonly series: Series;
  readonly stage: Stage;
  readonly format: Format;
}

/** The rounds in which alignment began to go wrong. */
function marksOf({ summary }: Rows, stage: Stage): readonly Mark[] {
  return stage === 'alignment' ? collapseMarks(summary.stages.alignment?.collapse ?? []) : [];
}

function costPanels({ metrics, messages }: Rows, stage: Stage): Panel[] {
  const delay = costSeries(
    metrics,
    messages,
    stage,
    (message) => message.delaySeconds ?? 0,
    (round) => round.delaySeconds,
  );
  const energy = costSeries(
    metrics,
    messages,
    stage,
    (message) => message.energyJoules,
    (round) => round.energyJoules / Math.max(round.cohort, 1),
  );
  const source = (name: string, mean: string) =>
    `messages.jsonl: ${name}, down and up; mean: metrics.jsonl, round rows, ${mean}`;
  return [
    ...panel(
      `Seconds a client, ${stageWords[stage]}`,
      source('delaySeconds', 'delaySeconds'),
      delay,
      stage,
      'number',
      { zero: true },
    ),
    ...panel(
      `Joules a client, ${stageWords[stage]}`,
      source('energyJoules', 'energyJoules / cohort'),
      energy,
      stage,
      'number',
      { zero: true },
    ),
  ];
}

const stageWords = { instruction: 'Step 1', reward: 'Step 2', alignment: 'Step 3' } as const;

function panel(
  title: string,
  source: string,
  series: Series,
  stage: Stage,
  format: Format,
  options: FigureOptions = {},
): Panel[] {
  if (series.mean.length === 0) return [];
  return [{ title, source, chart: byRound(series, stage, format, options) }];
}

function refusalPanel({ summary }: Rows): Panel[] {
  const clients = (summary.stages.alignment?.clients ?? []).flatMap(({ id, weightHarmless, refusalRate }) =>
    refusalRate === null ? [] : [{ id, weightHarmless, refusalRate }],
  );
  if (clients.length === 0) return [];
  const rho = spearman(clients.map(({ weightHarmless, refusalRate }) => [weightHarmless, refusalRate]));
  return [
    {
      title: 'Refusals of sensitive requests',
      source: 'summary.json: stages.alignment.clients, refusalRate by weightHarmless',
      ...(rho !== null && { note: `Spearman ρ = ${number(rho)} over ${clients.length} clients` }),
      chart: refusals(clients),
    },
  ];
}
