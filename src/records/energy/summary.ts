import { stages, type Stage } from '../../../machines/protocol.js';
import { readWhole, type RowReader } from '../row-reader.js';
import type { MessageRow, MetricRow, RoundRow } from '../rows.js';
import {
  combined,
  energyOfMessage,
  energyOfWork,
  noEnergy,
  summed,
  totalJoules,
  type EnergyBySide,
} from './energy.js';

/** Where the joules of a stage stand; the three sum up to all of its messages and work. */
export interface StageEnergy {
  /** In its rounds. */
  readonly rounds: EnergyBySide;
  /** In none: its last downloads, and what ended, or was dropped by the end of the run, after its last closed round. */
  readonly outsideRounds: EnergyBySide;
  /** Of messages that were under way when the run ended. */
  readonly underWay: EnergyBySide;
}

/** Whose joules, and what for. */
export interface EnergySummary {
  /** All of the run. */
  readonly total: EnergyBySide;
  readonly stages: Readonly<Record<Stage, StageEnergy>>;
}

const added = (one: EnergyBySide, other: EnergyBySide) => combined(one, other, (a, b) => a + b);

/** Adds up the joules of a run. */
export class EnergyTotals implements RowReader {
  #total = noEnergy;
  readonly #stages = new Map(
    stages.map((stage) => [stage, { rounds: noEnergy, ended: noEnergy, underWay: noEnergy }]),
  );
  #isKnown = true;

  metric(row: MetricRow): void {
    if (row.type === 'compute') this.#add(row.stage, 'ended', energyOfWork(row));
    if (row.type !== 'round') return;
    const { stage, energy }: Pick<RoundRow, 'stage'> & Partial<RoundRow> = row;
    if (energy === undefined) this.#isKnown = false;
    else this.#addTo(stage, 'rounds', energy);
  }

  message(row: MessageRow): void {
    this.#add(row.stage, row.outcome === 'in-flight' ? 'underWay' : 'ended', energyOfMessage(row));
  }

  /** Null for records of an earlier version, whose round rows have no `energy`. */
  get summary(): EnergySummary | null {
    if (!this.#isKnown) return null;
    const stageEnergy = (stage: Stage): StageEnergy => {
      const { rounds, ended, underWay } = this.#stages.get(stage)!;
      return { rounds, outsideRounds: combined(ended, rounds, difference), underWay };
    };
    return {
      total: this.#total,
      stages: Object.fromEntries(
        stages.map((stage) => [stage, stageEnergy(stage)]),
      ) as EnergySummary['stages'],
    };
  }

  #add(stage: Stage, where: 'ended' | 'underWay', energy: EnergyBySide): void {
    this.#total = added(this.#total, energy);
    this.#addTo(stage, where, energy);
  }

  #addTo(stage: Stage, where: 'rounds' | 'ended' | 'underWay', energy: EnergyBySide): void {
    const known = this.#stages.get(stage)!;
    known[where] = added(known[where], energy);
  }
}

/** Of rows that are at hand. */
export function energySummary(
  metrics: readonly MetricRow[],
  messages: readonly MessageRow[],
): EnergySummary | null {
  return readWhole(new EnergyTotals(), { metrics, messages }).summary;
}

/** What is left of sums over the same numbers in another order is no energy. */
function difference(ended: number, inRounds: number): number {
  const rest = ended - inRounds;
  return Math.abs(rest) <= 1e-9 * ended ? 0 : rest;
}

/** Joules that stand in no round. */
export function restJoules(energy: EnergySummary): number {
  const rests = Object.values(energy.stages).flatMap(({ outsideRounds, underWay }) => [
    outsideRounds,
    underWay,
  ]);
  return totalJoules(summed(rests));
}
