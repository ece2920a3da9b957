import type { Stage } from '../../machines/protocol.js';
import type { RoundRow } from './rows.js';

/** What a run tells while it goes on; every figure is the newest one known, null until there is one. */
export interface Progress {
  /** The stage of the round that was last closed; null before the first. */
  readonly stage: Stage | null;
  /** The paper's step that the run is in, for example "1.3"; empty before the first. */
  readonly step: string;
  readonly round: number;
  /** The round that was last closed, of `stage`; null before the first. */
  readonly closedRound: number | null;
  readonly virtualSeconds: number;
  /** When that round was closed. */
  readonly closedVirtualSeconds: number | null;
  /** Real time since the run began, as in the summary. */
  readonly wallSeconds: number;
  /** What each client does, for example "1.3 tuning". */
  readonly clients: readonly { readonly id: string; readonly doing: string }[];
  /** Held-out figures of the three stages, each as in the summary: the mean over the clients' newest. */
  readonly accuracy: number | null;
  readonly helpfulAccuracy: number | null;
  readonly harmlessAccuracy: number | null;
  readonly reward: number | null;
  /** How many clients' held-out figures are of the model that the last closed round made. */
  readonly measured: number;
  /** What the updates of the last closed round reported: `loss` of its RoundRow. */
  readonly reportedLoss: number | null;
  /** Clients of whom anything was averaged in the last closed round, and those that were selected for it. */
  readonly updates: number | null;
  readonly cohort: number | null;
  readonly closedBy: RoundRow['closedBy'] | null;
  /** Mean seconds in transit of the last closed round (see RoundRow). */
  readonly delaySeconds: number | null;
  readonly messages: number;
  readonly tasks: number;
}
