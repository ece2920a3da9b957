import type { Stage } from '../../machines/protocol.js';
import type { Client } from '../learning/clients/population.js';
import type { Alignment } from '../learning/training/algorithms/settings.js';
import { collapses } from './collapse.js';
import { meanOrNull, sum } from '../moments.js';
import type {
  AlignedClient,
  AlignmentSummary,
  ClientRow,
  InstructionSummary,
  MessageRow,
  MetricRow,
  RewardSummary,
  RoundRow,
  Summary,
} from './rows.js';

/**
 * What the summary is made of: the rows that the run wrote, the clients' wishes, and when alignment counts as
 * collapsed.
 */
export interface Written {
  readonly metrics: readonly MetricRow[];
  readonly messages: readonly MessageRow[];
  readonly clients: readonly Pick<Client, 'id' | 'ownWeights'>[];
  readonly collapse: Alignment['collapse'];
}

/**
 * The figures of each stage, every one a mean over rows of metrics.jsonl and messages.jsonl
 * (docs/records.md).
 */
export function stageSummaries(written: Written): Summary['stages'] {
  return {
    instruction: instructionSummary(written),
    reward: rewardSummary(written),
    alignment: alignmentSummary(written),
  };
}

export function messageTotals(messages: readonly MessageRow[]): Summary['messages'] {
  const of = (outcome: MessageRow['outcome']) => messages.filter((row) => row.outcome === outcome).length;
  const duplicated = messages.filter(({ copyOf }) => copyOf !== null).length;
  return {
    sent: messages.length - duplicated,
    delivered: of('delivered'),
    dropped: of('dropped'),
    inFlight: of('in-flight'),
    duplicated,
    bits: sum(messages.filter(({ copyOf }) => copyOf === null).map(({ bits }) => bits)),
    airBits: sum(messages.map(({ airBits }) => airBits)),
    energyJoules: sum(messages.map(({ energyJoules }) => energyJoules)),
    price: sum(messages.map(({ price }) => price)),
  };
}

function instructionSummary(written: Written): InstructionSummary | null {
  const { first, last } = startAndEnd(written, 'evaluate');
  const link = linkFigures(written, 'instruction');
  if (!link || first.length === 0) return null;
  return {
    ...link,
    accuracyBefore: meanOf(first, 'accuracy')!,
    accuracy: meanOf(last, 'accuracy')!,
    sharedAccuracyBefore: meanOf(first, 'sharedAccuracy'),
    sharedAccuracy: meanOf(last, 'sharedAccuracy'),
    lossBefore: meanOf(first, 'loss')!,
    loss: meanOf(last, 'loss')!,
  };
}

function rewardSummary(written: Written): RewardSummary | null {
  const { first, last } = startAndEnd(written, 'rewardTest');
  const link = linkFigures(written, 'reward');
  if (!link || first.length === 0) return null;
  const loss = (rows: readonly ClientRow[]) => meanOf(rows, 'helpfulLoss')! + meanOf(rows, 'harmlessLoss')!;
  return {
    ...link,
    helpfulAccuracy: meanOf(last, 'helpfulAccuracy')!,
    harmlessAccuracy: meanOf(last, 'harmlessAccuracy')!,
    lossBefore: loss(first),
    loss: loss(last),
  };
}

function alignmentSummary(written: Written): AlignmentSummary | null {
  const { first, last } = startAndEnd(written, 'score');
  const link = linkFigures(written, 'alignment');
  if (!link || first.length === 0) return null;
  return {
    ...link,
    rewardBefore: meanOf(first, 'reward')!,
    reward: meanOf(last, 'reward')!,
    lossBefore: -meanOf(first, 'objective')!,
    loss: -meanOf(last, 'objective')!,
    refusalRateBefore: meanOf(first, 'refusalRate'),
    refusalRate: meanOf(last, 'refusalRate'),
    correctnessBefore: meanOf(first, 'correctness'),
    correctness: meanOf(last, 'correctness'),
    klK1: meanOf(last, 'klK1'),
    klK3: meanOf(last, 'klK3'),
    distinct2Before: meanOf(first, 'distinct2'),
    distinct2: meanOf(last, 'distinct2'),
    collapse: collapses(written.metrics, written.collapse),
    clients: last.map((end, index) => alignedClient(written, first[index]!, end)),
  };
}

function alignedClient({ clients }: Written, start: ClientRow, end: ClientRow): AlignedClient {
  const { ownWeights } = clients.find(({ id }) => id === end.actor)!;
  const before = (figure: string) => start.metrics[figure] ?? null;
  const after = (figure: string) => end.metrics[figure] ?? null;
  return {
    id: end.actor,
    weightHelpful: ownWeights.helpful,
    weightHarmless: ownWeights.harmless,
    helpfulBefore: before('helpful')!,
    helpful: after('helpful')!,
    harmlessBefore: before('harmless')!,
    harmless: after('harmless')!,
    refusalRateBefore: before('refusalRate'),
    refusalRate: after('refusalRate'),
    correctnessBefore: before('correctness'),
    correctness: after('correctness'),
    klK1Before: before('klK1'),
    klK1: after('klK1'),
    distinct2Before: before('distinct2'),
    distinct2: after('distinct2'),
    lengthBefore: before('length'),
    length: after('length'),
  };
}

/** Each client's first and last row of a kind of measurement, in the order of the clients. */
function startAndEnd({ metrics, clients }: Written, task: string) {
  const rows = metrics.filter((row): row is ClientRow => row.type === 'client' && row.task === task);
  const ofClient = clients.map(({ id }) => rows.filter(({ actor }) => actor === id));
  const measured = ofClient.filter((own) => own.length > 0);
  return { first: measured.map((own) => own[0]!), last: measured.map((own) => own[own.length - 1]!) };
}

/** Rounds of a stage with the mean delay and energy of one; null where the stage closed no round. */
function linkFigures({ metrics, messages }: Written, stage: Stage) {
  const rounds = metrics.filter((row): row is RoundRow => row.type === 'round' && row.stage === stage);
  if (rounds.length === 0) return null;
  const energy = sum(messages.filter((row) => row.stage === stage).map(({ energyJoules }) => energyJoules));
  return {
    rounds: rounds.length,
    delaySecondsPerRound: sum(rounds.map(({ delaySeconds }) => delaySeconds)) / rounds.length,
    energyJoulesPerRound: energy / rounds.length,
  };
}

/** Mean of a figure over the rows that have it; null where none has. */
function meanOf(rows: readonly ClientRow[], figure: string): number | null {
  return meanOrNull(rows.flatMap(({ metrics }) => metrics[figure] ?? []));
}
