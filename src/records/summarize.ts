import type { Stage } from '../../machines/protocol.js';
import type { Client } from '../learning/clients/population.js';
import type { Objective } from '../learning/objective.js';
import type { Alignment } from '../learning/training/algorithms/settings.js';
import type { Instruction } from '../learning/training/settings.js';
import { collapses } from './collapse.js';
import { firstFigures, heldOut, metric, newestFigures, rowsOfTask, type ClientFigures } from './held-out.js';
import { mean, sum } from '../moments.js';
import { joulesOf, type sides } from './energy/energy.js';
import { phraseFigures } from './phrases.js';
import { rateIntervals } from './rate-intervals.js';
import { toTarget } from './to-target.js';
import type { ClientRow, MessageRow, MetricRow, RoundRow } from './rows.js';
import type {
  AlignedClient,
  AlignmentSummary,
  InstructionSummary,
  RewardSummary,
  Summary,
} from './summary.js';

/**
 * What the summary is made of: the rows that the run wrote, the clients' wishes, and what of the scenario the
 * figures are judged by.
 */
export interface Written {
  readonly metrics: readonly MetricRow[];
  readonly messages: readonly MessageRow[];
  readonly clients: readonly Pick<Client, 'id' | 'ownWeights'>[];
  /** Objectives that the method has no reward model of. */
  readonly judges: readonly Objective[];
  readonly scenario: {
    readonly instruction: Pick<Instruction, 'targetAccuracy'>;
    readonly alignment: Pick<Alignment, 'collapse'>;
  };
}

/** The figures of each stage, all of them from rows of metrics.jsonl and messages.jsonl (docs/records.md). */
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
  const measured = startAndEnd(written, 'instruction');
  const link = linkFigures(written, 'instruction');
  if (!link || !measured) return null;
  const { start, end } = measured;
  return {
    ...link,
    accuracyBefore: start.mean('accuracy'),
    accuracy: end.mean('accuracy'),
    factAccuracyBefore: start.mean('factAccuracy'),
    factAccuracy: end.mean('factAccuracy'),
    unseenAccuracyBefore: start.mean('unseenAccuracy'),
    unseenAccuracy: end.mean('unseenAccuracy'),
    sharedAccuracyBefore: start.mean('sharedAccuracy'),
    sharedAccuracy: end.mean('sharedAccuracy'),
    heldOutLossBefore: start.loss,
    heldOutLoss: end.loss,
    toTarget: toTarget(written.scenario.instruction.targetAccuracy, written.metrics, written.messages),
  };
}

function rewardSummary(written: Written): RewardSummary | null {
  const measured = startAndEnd(written, 'reward');
  const link = linkFigures(written, 'reward');
  if (!link || !measured) return null;
  const { start, end } = measured;
  return {
    ...link,
    helpfulAccuracy: end.mean('helpfulAccuracy'),
    harmlessAccuracy: end.mean('harmlessAccuracy'),
    heldOutLossBefore: start.loss,
    heldOutLoss: end.loss,
  };
}

function alignmentSummary(written: Written): AlignmentSummary | null {
  const measured = startAndEnd(written, 'alignment');
  const link = linkFigures(written, 'alignment');
  if (!link || !measured) return null;
  const { start, end } = measured;
  return {
    ...link,
    rewardBefore: start.mean('reward'),
    reward: end.mean('reward'),
    heldOutLossBefore: start.loss,
    heldOutLoss: end.loss,
    refusalRateBefore: start.mean('refusalRate'),
    refusalRate: end.mean('refusalRate'),
    correctnessBefore: start.mean('correctness'),
    correctness: end.mean('correctness'),
    intervals: rateIntervals(start.rows, end.rows),
    klK1: end.mean('klK1'),
    klK3: end.mean('klK3'),
    distinct2Before: start.mean('distinct2'),
    distinct2: end.mean('distinct2'),
    ...phraseFigures(written.metrics),
    collapse: collapses(written.metrics, written.scenario.alignment.collapse),
    clients: end.rows.map((row, index) => alignedClient(written, start.rows[index]!, row)),
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
    helpfulBefore: before('helpful'),
    helpful: after('helpful'),
    harmlessBefore: before('harmless'),
    harmless: after('harmless'),
    refusalRateBefore: before('refusalRate'),
    refusalRate: after('refusalRate'),
    correctnessBefore: before('correctness'),
    correctness: after('correctness'),
    intervals: rateIntervals([start], [end]),
    klK1Before: before('klK1'),
    klK1: after('klK1'),
    distinct2Before: before('distinct2'),
    distinct2: after('distinct2'),
    lengthBefore: before('length'),
    length: after('length'),
  };
}

/** The held-out figures of a stage at one of its ends. */
interface Measured {
  /** In the order of the clients. */
  readonly rows: readonly ClientRow[];
  readonly loss: number | null;
  mean(figure: string): number | null;
}

/** Each client's first and newest held-out figures of a stage; null where nobody was measured. */
function startAndEnd(
  { metrics, clients, judges }: Written,
  stage: Stage,
): { start: Measured; end: Measured } | null {
  const { task } = heldOut[stage];
  const loss = heldOut[stage].loss(judges);
  const rows = rowsOfTask(metrics, task);
  if (rows.length === 0) return null;
  const at = (ofClients: ClientFigures): Measured => ({
    rows: clients.flatMap(({ id }) => ofClients.of(id) ?? []),
    loss: ofClients.mean(loss),
    mean: (figure) => ofClients.mean(metric(figure)),
  });
  return { start: at(firstFigures(rows)), end: at(newestFigures(rows)) };
}

/** Rounds of a stage with the mean delay and energy of one; null where the stage closed no round. */
function linkFigures({ metrics }: Written, stage: Stage) {
  const rounds = metrics.filter((row): row is RoundRow => row.type === 'round' && row.stage === stage);
  if (rounds.length === 0) return null;
  const perRound = (side: (typeof sides)[number]) => {
    const known = rounds.flatMap(({ energy }: Partial<RoundRow>) => (energy ? [joulesOf(energy[side])] : []));
    return known.length < rounds.length ? null : mean(known);
  };
  return {
    rounds: rounds.length,
    delaySecondsPerRound: mean(rounds.map(({ delaySeconds }) => delaySeconds)),
    energyJoulesPerRound: mean(rounds.map(({ energyJoules }) => energyJoules)),
    deviceJoulesPerRound: perRound('devices'),
    serverJoulesPerRound: perRound('server'),
  };
}
