import type { TuningStage } from '../strategies/methods/method.js';

/** Means over the clients of what rows of task `generalize` have. */
export const overfittingFigures = [
  'trainAccuracy',
  'ownAccuracy',
  'othersAccuracy',
  'commonAccuracy',
  'newcomersAccuracy',
  'trainLoss',
  'ownLoss',
  'othersLoss',
  'commonLoss',
  'newcomersLoss',
  'generalizationGap',
  'personalizationGap',
] as const;

/** The same of rows of task `perplexity`. */
export const forgettingFigures = ['perplexity'] as const;

type Figure = (typeof overfittingFigures)[number] | (typeof forgettingFigures)[number];

/**
 * How far personalization goes in one stage, as means over the clients, at its start (`…Before`) and at its end; null
 * where it was not measured. docs/overfitting.md defines the figures.
 */
export type StageOverfitting = Readonly<Record<Figure | `${Figure}Before`, number | null>> & {
  /** At the stage's end, whose models were measured; empty without `measure.others`. */
  readonly matrix: readonly MatrixRow[];
  /** At the stage's end, by the share of what is personal; empty without `measure.shares`. */
  readonly shares: readonly ShareSummary[];
};

/** Means over the clients of models between the shared one (`share` 0) and the personal one (1). */
export interface ShareSummary {
  readonly share: number;
  readonly ownAccuracy: number | null;
  readonly othersAccuracy: number | null;
  readonly ownLoss: number | null;
  readonly othersLoss: number | null;
}

/** The accuracy of one client's model on every client's test rows, in the order of the clients. */
export interface MatrixRow {
  readonly id: string;
  readonly accuracy: readonly (number | null)[];
}

/** What the shared parts are worth to clients that took no part, as means; each member's own model beside it. */
export interface NewcomersSummary {
  /** By which each tuned its private parts; 0 where the method has none. */
  readonly steps: number;
  /** On own test rows: with the shared parts alone, and once it has tuned its private ones. */
  readonly accuracyBefore: number | null;
  readonly accuracy: number | null;
  readonly lossBefore: number | null;
  readonly loss: number | null;
  /** Of members at the end of the run, on own test rows. */
  readonly memberAccuracy: number | null;
  readonly memberLoss: number | null;
  /** What it would take of one: bits of a download, and its device's work. Null without a model of its energy. */
  readonly downloadBits: number | null;
  readonly trainingSeconds: number | null;
  readonly trainingJoules: number | null;
  readonly each: readonly NewcomerSummary[];
}

export interface NewcomerSummary {
  readonly id: string;
  readonly accuracyBefore: number | null;
  readonly accuracy: number | null;
}

export interface OverfittingSummary extends Readonly<Record<TuningStage, StageOverfitting | null>> {
  /** Null without `clients.newcomers`. */
  readonly newcomers: NewcomersSummary | null;
}
