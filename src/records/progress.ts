import type { Stage } from '../../machines/protocol.js';

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
  /** What each client does, for example "1.3 tuning". */
  readonly clients: readonly { readonly id: string; readonly doing: string }[];
  /** Mean accuracy on the clients' own held-out rows. */
  readonly accuracy: number | null;
  readonly reward: number | null;
  readonly loss: number | null;
  /** Mean seconds in transit of the last round (see RoundRow). */
  readonly delaySeconds: number | null;
  readonly messages: number;
  readonly tasks: number;
}
