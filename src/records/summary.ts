import type { Stage } from '../../machines/protocol.js';
import type { Objective } from '../learning/objective.js';
import type { Overlap } from '../learning/data/overlap.js';
import type { FailureCause } from '../learning/training/task-failure.js';
import type { JournalCounts } from '../journal/journaled-executor.js';
import type { EnergySummary } from './energy/summary.js';
import type { OverfittingSummary } from './overfitting-summary.js';
import type { CheckName } from './fate.js';
import type { MetricRow, MessageRow, Ended } from './rows.js';
import type { AlignmentSummary, InstructionSummary, RewardSummary } from './stage-summary.js';

export type * from './stage-summary.js';

/** What became of an expectation of the scenario. */
export interface Checked {
  /** JSON pointer into the scenario. */
  readonly pointer: string;
  readonly name: string | null;
  readonly holds: boolean;
  /** What broke it, in words; null where it holds. */
  readonly why: string | null;
  /** The row of metrics.jsonl or messages.jsonl that broke it; null where none did. */
  readonly row: MetricRow | MessageRow | null;
}

/** summary.json. Figures of a stage that never came are null. */
export interface Summary {
  readonly scenario: string;
  readonly seed: number;
  readonly method: string;
  readonly backend: string;
  readonly synthetic: boolean;
  /** SHA-256 of the ordered event trace: equal hashes mean equal runs. */
  readonly traceHash: string;
  readonly virtualSeconds: number;
  readonly wallSeconds: number;
  readonly ended: Ended;
  /** What somebody should know: of the inputs as in the manifest, and faults of the script that matched nothing. */
  readonly notes: readonly string[];
  /** As in the manifest: held-out rows that are in training, 0 where none is; null in records of an earlier version. */
  readonly overlap: readonly Overlap[] | null;
  /** As in the manifest: objectives whose figures are of measurement's judge; empty in records of an earlier version. */
  readonly judges: readonly Objective[];
  /** What became of the scenario's expectations, in their order. */
  readonly checks: readonly Checked[];
  readonly stages: {
    readonly instruction: InstructionSummary | null;
    readonly reward: RewardSummary | null;
    readonly alignment: AlignmentSummary | null;
  };
  readonly fairness: FairnessSummary;
  /** What dials of `measure` found of overfitting; null where none is on, and in records of an earlier version. */
  readonly overfitting: OverfittingSummary | null;
  readonly timeSpent: TimeSpent;
  /** What of the run's tasks had to be tried again on this machine; null in records of an earlier version. */
  readonly tasks: TaskFailures | null;
  /** Whose joules, and what for; null in records of an earlier version. */
  readonly energy: EnergySummary | null;
  /** How the tasks came by their results; null where no journal was kept, and in records of an earlier version. */
  readonly journal: JournalCounts | null;
  /** Of each stage: of its averaged updates, how many were so many versions behind. */
  readonly staleness: Readonly<Record<Stage, readonly StalenessCount[]>>;
  /** Updates that the server rejected, by client and check; empty where there were none. */
  readonly rejected: readonly RejectedUpdates[];
  readonly messages: {
    readonly sent: number;
    readonly delivered: number;
    readonly dropped: number;
    readonly inFlight: number;
    /** Copies that faults made; they count among delivered or in flight, not among sent. */
    readonly duplicated: number;
    readonly bits: number;
    /** Bits on the air: with packet headers and every repeat. */
    readonly airBits: number;
    readonly energyJoules: number;
    readonly price: number;
  };
}

/**
 * Where the virtual time went: seconds of what each round hung on, from its opening to its close, and of the rest.
 * They sum up to the seconds of the run. src/records/activity/time-spent.ts defines them.
 */
export interface TimeSpent {
  readonly trainingSeconds: number;
  readonly onAirSeconds: number;
  /** A message waited behind another one, or for its next attempt where the attempts are known. */
  readonly linkSeconds: number;
  readonly blackoutSeconds: number;
  readonly offSeconds: number;
  /** Until the deadline, after the last update of the round that came. */
  readonly deadlineSeconds: number;
  /** None of these. */
  readonly othersSeconds: number;
  /** After the last round that was closed. */
  readonly restSeconds: number;
  /** What had not come when a deadline closed a round. */
  readonly missing: readonly MissingUpdates[];
  /** The same for a reader. */
  readonly sentence: string;
}

/** Rounds of a stage that their deadline closed without the update of a client that was asked for it, and why. */
export interface MissingUpdates {
  /** `silent`: it was there, and sent nothing; a client whose `clients.availability` said so, for example. */
  readonly why:
    | 'lost-upload'
    | 'lost-download'
    | 'blackout'
    | 'upload-under-way'
    | 'download-under-way'
    | 'training'
    | 'off'
    | 'silent';
  readonly client: string;
  readonly stage: Stage;
  readonly rounds: readonly number[];
}

/** Tries of tasks that failed. They change no figure, but of clients that crashed of them (`limits.onTaskFailure`). */
export interface TaskFailures {
  /** Tries that were followed by another. */
  readonly retried: number;
  /** Tasks that failed as often as they may. */
  readonly failed: number;
  /** Tries that failed, both kinds. */
  readonly byCause: Readonly<Partial<Record<FailureCause, number>>>;
}

/** How evenly clients took part, and how even what came of it is; null where there was nothing to count. */
export interface FairnessSummary {
  /** Jain's index, 1/n to 1, of the updates of each client that were averaged, over all stages. */
  readonly participation: number | null;
  /** Jain's index of the clients' accuracies on own rows, at their last measurement in stage 1. */
  readonly accuracy: number | null;
  /** Mean of the worst tenth of these accuracies, rounded up to whole clients. */
  readonly worstDecileAccuracy: number | null;
  /** Greatest less least of them. */
  readonly accuracySpread: number | null;
}

/** How many updates of a client did not pass a check. */
export interface RejectedUpdates {
  readonly client: string;
  readonly check: CheckName;
  readonly updates: number;
  /** What was wrong with the first of them, in words. */
  readonly why: string;
}

/** How many averaged updates were so many versions behind. */
export interface StalenessCount {
  readonly versions: number;
  readonly updates: number;
}
