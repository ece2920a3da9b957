import { stages, type Stage } from '../../../machines/protocol.js';
import type { MessageRow, MetricRow, RoundRow } from '../rows.js';
import { combined, energyOfMessage, energyOfWork, summed, totalJoules, type EnergyBySide } from './energy.js';

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

/** Null for records of an earlier version, whose round rows have no `energy`. */
export function energySummary(
  metrics: readonly MetricRow[],
  messages: readonly MessageRow[],
): EnergySummary | null {
  const rounds = metrics.filter((row) => row.type === 'round');
  if (rounds.some((row: Partial<RoundRow>) => row.energy === undefined)) return null;
  const entries = [
    ...messages.map((row) => ({
      stage: row.stage,
      isUnderWay: row.outcome === 'in-flight',
      energy: energyOfMessage(row),
    })),
    ...metrics.flatMap((row) =>
      row.type !== 'compute' ? [] : [{ stage: row.stage, isUnderWay: false, energy: energyOfWork(row) }],
    ),
  ];
  const of = (some: typeof entries) => summed(some.map(({ energy }) => energy));
  const stageEnergy = (stage: Stage): StageEnergy => {
    const own = entries.filter((entry) => entry.stage === stage);
    const inRounds = summed(rounds.filter((row) => row.stage === stage).map(({ energy }) => energy));
    const ended = of(own.filter(({ isUnderWay }) => !isUnderWay));
    return {
      rounds: inRounds,
      outsideRounds: combined(ended, inRounds, difference),
      underWay: of(own.filter(({ isUnderWay }) => isUnderWay)),
    };
  };
  return {
    total: of(entries),
    stages: Object.fromEntries(stages.map((stage) => [stage, stageEnergy(stage)])) as EnergySummary['stages'],
  };
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
