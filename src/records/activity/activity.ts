import type { Stage } from '../../../machines/protocol.js';
import type { Scenario } from '../../scenario/schema.js';
import type {
  AttemptStory,
  ClientRow,
  MessageRow,
  PresenceRow,
  RoundRow,
  ScriptRow,
  StepRow,
} from '../rows.js';
import type { Span } from './layers.js';

/**
 * What an actor does, or waits for:
 * - `training`: a client is at work in Step 1.3, 2.3, 3.1, 3.2 or 3.3;
 * - `on-the-air`: a message of its own, or one to it, is being sent (a scripted delay counts as well);
 * - `waits-for-link`: such a message waits behind another one on its link, or for its next attempt;
 * - `blackout`: such a message has no signal because of a scripted blackout;
 * - `waits-for-others`: nothing of all that, while somebody else works or sends, or nobody knows what for;
 * - `waits-for-deadline`: nobody works or sends any more before the deadline closes the round;
 * - `off`: the device is off;
 * - `aggregating`: the server makes the aggregate (Steps 1.4, 2.4, 3.4).
 */
export type ActivityKind =
  | 'training'
  | 'on-the-air'
  | 'waits-for-link'
  | 'blackout'
  | 'waits-for-others'
  | 'waits-for-deadline'
  | 'off'
  | 'aggregating';

/** One thing that an actor does for a while. Times are virtual seconds since the start of the run. */
export interface Activity {
  /** "server" or the id of a client. */
  readonly actor: string;
  readonly kind: ActivityKind;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** The work's or the message's; of waiting and being off, those that were open when it began. Null after the last. */
  readonly stage: Stage | null;
  readonly round: number | null;
  /** The step of the paper that it belongs to; null for waiting and being off. */
  readonly step: string | null;
  /** Id in messages.jsonl; null where it is about none. */
  readonly message: number | null;
  /** JSON pointers into the scenario to the blackouts that are to blame. */
  readonly faults: readonly string[];
}

/** Something that an actor does, whatever else it does at that time. */
export type Claim = Omit<Activity, 'actor'>;

/** An actor's activities in the order of time: none overlaps another, and together they last as long as the run. */
export interface Lane {
  readonly actor: string;
  /** How many there are. */
  readonly length: number;
  /** All of them, made anew each time that they are asked for, as each one is. */
  readonly activities: readonly Activity[];
  activity(index: number): Activity;
  kind(index: number): ActivityKind;
  stage(index: number): Stage | null;
  fromSeconds(index: number): number;
  toSeconds(index: number): number;
  /** Those that have anything in common with a span, by their indices: from the first up to before the second. */
  range(span: Span): readonly [from: number, to: number];
  during(span: Span): readonly Activity[];
}

/** What lanes need of a message's row. */
export type SentMessage = Pick<
  MessageRow,
  | 'id'
  | 'copyOf'
  | 'from'
  | 'to'
  | 'kind'
  | 'step'
  | 'stage'
  | 'round'
  | 'attempts'
  | 'outcome'
  | 'onAirSeconds'
  | 'sentVirtualSeconds'
  | 'endedVirtualSeconds'
  | 'blackoutSeconds'
  | 'blackouts'
  | 'aggregatedIn'
> & {
  readonly partial?: object;
  readonly story?: readonly Pick<AttemptStory, 'atSeconds' | 'seconds'>[];
};

/** What a client's work begins or ends with. */
export type Turn = StepRow | PresenceRow | Omit<ClientRow, 'metrics'>;

/** What lanes need of a round's row. */
export type ClosedRound = Pick<
  RoundRow,
  'type' | 'stage' | 'round' | 'virtualSeconds' | 'verdict' | 'closedBy' | 'members'
>;

/** A row of metrics.jsonl that says something of who did what when, or another one, which is passed over. */
export type ActivityRow =
  | Turn
  | ClosedRound
  | ScriptRow
  | { readonly type: 'air' | 'compute' | 'sample' | 'phrases'; readonly virtualSeconds?: number };

/** What lanes are made of: the records of a run, as far as they have come. */
export interface ActivityRows {
  /** Ids of the clients. */
  readonly clients: readonly string[];
  readonly scenario: Pick<Scenario, 'stages' | 'channel' | 'timeline'>;
  readonly metrics: readonly ActivityRow[];
  readonly messages: readonly SentMessage[];
  /** Virtual seconds of the run, or until now. */
  readonly endSeconds: number;
}
