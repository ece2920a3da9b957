import { stages, type Stage } from '../../machines/protocol.js';
import type { Client } from '../learning/clients/population.js';
import type { Objective } from '../learning/objective.js';
import type { Alignment } from '../learning/training/algorithms/settings.js';
import type { Instruction } from '../learning/training/settings.js';
import { Collapses } from './collapse.js';
import { phraseFigures } from './phrases.js';
import { rateIntervals } from './rate-intervals.js';
import { readWhole, type RowReader, type WholeRows } from './row-reader.js';
import { RoundMeans } from './round-means.js';
import { StageEnds } from './stage-ends.js';
import { AccuracySearch } from './to-target.js';
import type { ClientRow, MessageRow, MetricRow, PhrasesRow } from './rows.js';
import type {
  AlignedClient,
  AlignmentSummary,
  InstructionSummary,
  RewardSummary,
  RoundsSummary,
  Summary,
} from './summary.js';

/** Beside rows, what the figures of stages are made of: the clients' wishes, and what of the scenario they are judged by. */
export interface StageSettings {
  readonly clients: readonly Pick<Client, 'id' | 'ownWeights'>[];
  /** Objectives that the method has no reward model of. */
  readonly judges: readonly Objective[];
  readonly scenario: {
    readonly instruction: Pick<Instruction, 'targetAccuracy'>;
    readonly alignment: Pick<Alignment, 'collapse'>;
  };
}

/** The figures of each stage, all of them from rows of metrics.jsonl and messages.jsonl (docs/records.md). */
export class StageFigures implements RowReader {
  readonly #clients: StageSettings['clients'];
  readonly #ends: Readonly<Record<Stage, StageEnds>>;
  readonly #rounds = { instruction: new RoundMeans(), reward: new RoundMeans(), alignment: new RoundMeans() };
  /** Null without a target. */
  readonly #search: AccuracySearch | null;
  readonly #collapses: Collapses;
  /** One of each client, at the end of the run. */
  readonly #phrases: PhrasesRow[] = [];

  constructor({ clients, judges, scenario }: StageSettings) {
    const ends = (stage: Stage) => new StageEnds(clients, stage, judges);
    this.#clients = clients;
    this.#ends = {
      instruction: ends('instruction'),
      reward: ends('reward'),
      alignment: ends('alignment'),
    };
    const { targetAccuracy } = scenario.instruction;
    this.#search = targetAccuracy === null ? null : new AccuracySearch(targetAccuracy);
    this.#collapses = new Collapses(scenario.alignment.collapse);
  }

  metric(row: MetricRow): void {
    if (row.type === 'round') this.#rounds[row.stage].add(row);
    if (row.type === 'phrases') this.#phrases.push(row);
    for (const stage of stages) this.#ends[stage].metric(row);
    this.#search?.metric(row);
    this.#collapses.metric(row);
  }

  message(row: MessageRow): void {
    this.#search?.message(row);
  }

  get summaries(): Summary['stages'] {
    return {
      instruction: this.#of('instruction', (ends) => this.#instruction(ends)),
      reward: this.#of('reward', (ends) => this.#reward(ends)),
      alignment: this.#of('alignment', (ends) => this.#alignment(ends)),
    };
  }

  /** Null of a stage that closed no round, or in which nobody was measured. */
  #of<T>(stage: Stage, figures: (ends: StageEnds) => T): (RoundsSummary & T) | null {
    const [rounds, ends] = [this.#rounds[stage].summary, this.#ends[stage]];
    return rounds === null || ends.isEmpty ? null : { ...rounds, ...figures(ends) };
  }

  #instruction({ start, end }: StageEnds): Omit<InstructionSummary, keyof RoundsSummary> {
    return {
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
      toTarget: this.#search?.toTarget ?? null,
    };
  }

  #reward({ start, end }: StageEnds): Omit<RewardSummary, keyof RoundsSummary> {
    return {
      helpfulAccuracy: end.mean('helpfulAccuracy'),
      harmlessAccuracy: end.mean('harmlessAccuracy'),
      heldOutLossBefore: start.loss,
      heldOutLoss: end.loss,
    };
  }

  #alignment({ start, end }: StageEnds): Omit<AlignmentSummary, keyof RoundsSummary> {
    const clients = new Map(this.#clients.map((client) => [client.id, client]));
    return {
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
      ...phraseFigures(this.#phrases),
      collapse: this.#collapses.found,
      clients: end.rows.map((row, index) => alignedClient(clients.get(row.actor)!, start.rows[index]!, row)),
    };
  }
}

/** Of rows that are at hand. */
export function stageSummaries({
  metrics,
  messages,
  ...settings
}: StageSettings & WholeRows): Summary['stages'] {
  return readWhole(new StageFigures(settings), { metrics, messages }).summaries;
}

function alignedClient(
  { ownWeights }: StageSettings['clients'][number],
  start: ClientRow,
  end: ClientRow,
): AlignedClient {
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
