import { sum } from '../moments.js';
import type { RunRecords } from '../records/read.js';
import type { Summary } from '../records/summary.js';
import type { MeasuredFigure } from '../records/to-target.js';

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

export function runFigures({
  summary,
  messages: rows,
}: Pick<RunRecords, 'summary' | 'messages'>): RunFigures {
  const { stages, messages, virtualSeconds, wallSeconds, fairness, energy } = summary;
  const inRounds = rows.filter(({ round, copyOf }) => round > 0 && copyOf === null);
  const roundBits = sum(inRounds.map(({ bits }) => bits));
  return { stages, messages, virtualSeconds, wallSeconds, fairness, energy, roundBits };
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

/** A figure of a run's rows, which its summary has not. */
export interface FigureOfRows extends Omit<Figure, 'of'> {
  readonly ofRows: (records: RunRecords) => number | null;
}

export type AnyFigure = Figure | FigureOfRows;

/** Its name with the unit in which it is shown. */
export function headOf({ head, unit }: Pick<Figure, 'head' | 'unit'>): string {
  const { sign } = units[unit];
  return sign === null ? head : `${head}, ${sign}`;
}
