import type { RunRecords } from '../records/read.js';
import { readWhole, type RowReader } from '../records/row-reader.js';
import type { MessageRow } from '../records/rows.js';
import type { Summary, TargetReached } from '../records/summary.js';
import type { MeasuredFigure, TargetSearch } from '../records/to-target.js';

/** What figures are made from: a part of a run's summary, and the bits of its rounds. */
export interface RunFigures
  extends
    Pick<Summary, 'stages' | 'messages' | 'virtualSeconds'>,
    Partial<Pick<Summary, 'fairness' | 'energy'>> {
  /** Null in a run that did not come to its end. Absent in records of studies, as fairness and energy are. */
  readonly wallSeconds?: number | null;
  /** Bits of the messages of rounds, without the model that all are sent before the first (Step 1.1). */
  readonly roundBits: number;
}

/** Adds up the bits of the messages of rounds. */
export class RoundBits implements RowReader {
  sum = 0;

  message({ round, copyOf, bits }: MessageRow): void {
    if (round > 0 && copyOf === null) this.sum += bits;
  }
}

export function figuresOf(summary: RunRecords['summary'], { sum: roundBits }: RoundBits): RunFigures {
  const { stages, messages, virtualSeconds, wallSeconds, fairness, energy } = summary;
  return { stages, messages, virtualSeconds, wallSeconds, fairness, energy, roundBits };
}

/** Of records that are at hand. */
export function runFigures({ summary, messages }: Pick<RunRecords, 'summary' | 'messages'>): RunFigures {
  return figuresOf(summary, readWhole(new RoundBits(), { messages }));
}

/** How a figure's unit is shown: its sign, and what its value is multiplied by for that. */
export const units = {
  share: { sign: '%', factor: 100 },
  seconds: { sign: 's', factor: 1 },
  joules: { sign: 'J', factor: 1 },
  bits: { sign: 'Mbit', factor: 1e-6 },
  nats: { sign: 'nats', factor: 1 },
  none: { sign: null, factor: 1 },
} as const;

export type Unit = keyof typeof units;

export interface Figure {
  /** Its column in tables for machines, and its name in options. */
  readonly key: string;
  /** What people read. */
  readonly head: string;
  readonly unit: Unit;
  readonly better: 'higher' | 'lower';
  /** Whether it is shown where nobody says which. */
  readonly isMain?: boolean;
  /** Of the machine that computed the run, so that another run of the same scenario has another. */
  readonly isOfMachine?: boolean;
  /** How it is measured after rounds; absent where it is not. */
  readonly measured?: Pick<MeasuredFigure, 'task' | 'pick'>;
  readonly of: (run: RunFigures) => number | null;
}

/** A figure that a run's rows are searched for, since its summary has it not. */
export interface SearchedFigure extends Omit<Figure, 'of'> {
  readonly search: () => TargetSearch;
  readonly of: (reached: TargetReached) => number;
}

export type AnyFigure = Figure | SearchedFigure;

/** Its name with the unit in which it is shown. */
export function headOf({ head, unit }: Pick<Figure, 'head' | 'unit'>): string {
  const { sign } = units[unit];
  return sign === null ? head : `${head}, ${sign}`;
}
