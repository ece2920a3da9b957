import type { WorkOrder } from '../../machines/events.js';
import type { Charge } from '../learning/clients/presence/pattern.js';
import type { Stage, UploadKind } from '../../machines/protocol.js';

/*
 * What a run tells of parameters, by their hashes alone: who has which, and what made them others. With it the checkers
 * hold what has to stay as it is, bit for bit, and nobody keeps a tensor alive for it.
 */

/** Hashes of parameters by part; null where there is nothing. */
export type Hashes = Readonly<Record<string, string | null>>;

/** The server has another global model, or has begun another stage with the one that it had. */
export interface PublishedEvent {
  readonly type: 'published';
  /** start: what the run begins with; design: Steps 1.1 and 2.1; stage: a stage begins; aggregate: Steps 1.4, 2.4, 3.4. */
  readonly by: 'start' | 'design' | 'stage' | 'aggregate';
  readonly stage: Stage;
  readonly version: number;
  readonly global: Hashes;
  readonly virtualSeconds: number;
}

/** The server has heeded an update that came: it counts it, or leaves it out. Copies it does not heed. */
export interface HeededEvent {
  readonly type: 'heeded';
  readonly from: string;
  readonly kind: UploadKind;
  readonly answers: WorkOrder;
  readonly isTaken: boolean;
  readonly virtualSeconds: number;
}

/** An update as it enters an aggregate. */
export interface AggregatedUpdate {
  readonly from: string;
  /** A client's update of each kind is one of its own: in stage 2 each reward model has one. */
  readonly kind: UploadKind;
  readonly answers: WorkOrder;
  /** Rows that its stage trained on. */
  readonly rows: number;
  /** Versions between the one that it was made from and the one that the aggregate replaces. */
  readonly staleness: number;
  /** What it holds, by part. */
  readonly params: Hashes;
}

/** How much each update of a part counts in its aggregate, where that is a weighted sum of them. */
export interface WeightsEvent {
  readonly type: 'weights';
  readonly stage: Stage;
  /** The round that is closed. */
  readonly round: number;
  readonly part: string;
  /** What the rule is told of the updates. */
  readonly updates: readonly { readonly client: string; readonly rows: number; readonly staleness: number }[];
  /** In the order of the updates; where they are very many, sums over some of them. */
  readonly weights: readonly number[];
  /** What they sum to by their rule. */
  readonly sum: number;
  /** How much of the global model before is left. */
  readonly left: number;
}

/** What a client keeps from now on. */
export interface KeptEvent {
  readonly type: 'kept';
  readonly actor: string;
  readonly change: KeptChange;
  readonly kept: Kept;
  readonly virtualSeconds: number;
}

export interface Kept {
  readonly model: Hashes;
  /** What Step 3.1 froze; null before it. */
  readonly frozen: { readonly reference: Hashes; readonly rewardModels: Hashes } | null;
  /** What its codecs and terms remember, by its name: hashes and notes as text. */
  readonly memory: Readonly<Record<string, string>>;
  /** What it has still to send, by part. */
  readonly residuals: Hashes;
}

export type KeptChange =
  /** `held`: hashes of parameters that it has beside its model. */
  | { readonly by: 'start'; readonly held: readonly string[] }
  | { readonly by: 'design' | 'freezing' }
  /** It has taken up a download, which named this global model. */
  | { readonly by: 'download'; readonly place: WorkOrder; readonly global: Hashes }
  | { readonly by: 'training'; readonly stage: Stage }
  /** It has handed an update to its link, and what will become of its memory then. */
  | { readonly by: 'sending'; readonly update: string; readonly unsettled: UnsettledHashes }
  /** Its link is done with an update. */
  | { readonly by: 'settling'; readonly update: string }
  /** Its device went off, or what it worked on was dropped. */
  | { readonly by: 'going-off'; readonly crashed: boolean };

/** See `Unsettled` in machines/events.ts. */
export interface UnsettledHashes {
  readonly memory: Kept['memory'];
  readonly delivered: Hashes;
  readonly dropped: Hashes;
}

/** What is in a client's battery, told wherever it or what flows into it and out of it changes. */
export interface ChargeEvent extends Charge {
  readonly type: 'charge';
  readonly actor: string;
  readonly virtualSeconds: number;
}

export type StateEvent = PublishedEvent | HeededEvent | WeightsEvent | KeptEvent | ChargeEvent;
