import type { Allotment, Verdict } from '../../machines/events.js';
import type { Stage } from '../../machines/protocol.js';
import type { Attempt, LossReason } from '../radio/channel/attempts.js';
import type { Sample } from '../radio/channel/block-walk.js';
import type { ParamKind } from '../learning/params/param-set.js';
import type { EnergyBySide } from './energy/energy.js';
import type { UpdateFate } from './fate.js';

/** A row of metrics.jsonl. `virtualSeconds` is virtual time since the start of the run. */
export type MetricRow =
  StepRow | RoundRow | AirRow | ClientRow | ComputeRow | PresenceRow | ScriptRow | SampleRow | PhrasesRow;

/** An actor entered a step of the paper. */
export interface StepRow {
  readonly type: 'step';
  readonly step: string;
  readonly actor: string;
  readonly round: number;
  readonly virtualSeconds: number;
}

/** The server closed a round (Steps 1.4–1.5, 2.4–2.5, 3.4–3.5). */
export interface RoundRow {
  readonly type: 'round';
  readonly stage: Stage;
  readonly round: number;
  readonly virtualSeconds: number;
  /** Virtual seconds from the round's opening to its close. */
  readonly seconds: number;
  /**
   * Mean over the cohort of the seconds that a client's download and upload were in transit, from sending to
   * arrival.
   */
  readonly delaySeconds: number;
  /** Energy of all attempts in the round, clients' and server's, in joules: without computing. */
  readonly energyJoules: number;
  /**
   * The reported loss: mean of those that the updates carry, each of its client's own model after the training
   * of the round; null in a lost round, or where none could be measured.
   */
  readonly loss: number | null;
  readonly cohort: number;
  /** Clients of whom anything was averaged; 0 in a lost round. */
  readonly updates: number;
  /** Updates that came after their round was closed; the two of a client's reward models count once. */
  readonly late: number;
  readonly verdict: Verdict;
  /** The clients of the cohort, `cohort` of them. Does not enter the trace hash. */
  readonly members: readonly string[];
  /** Whether all had come that the discipline waits for, or the deadline. Does not enter the trace hash. */
  readonly closedBy: 'answers' | 'deadline';
  /**
   * Whose joules the round's messages and the work that ended in it took, and what for. Does not enter the trace
   * hash.
   */
  readonly energy: EnergyBySide;
}

/**
 * What was measured of one client in one round; which figures depends on the task. Round 0 is before any
 * training.
 */
export interface ClientRow {
  readonly type: 'client';
  readonly stage: Stage;
  readonly round: number;
  readonly actor: string;
  readonly virtualSeconds: number;
  /** The task the figures come from: instruct, evaluate, reward, rewardTest, freeze, align, score. */
  readonly task: string;
  readonly metrics: Readonly<Record<string, number | null>>;
}

/** What the server heard of one part of the updates that were on the air at once, and how far it is off. */
export interface AirRow {
  readonly type: 'air';
  readonly stage: Stage;
  readonly round: number;
  readonly part: string;
  readonly virtualSeconds: number;
  /** Whose updates are in the mean. */
  readonly clients: number;
  /** Ratio in dB of a symbol from a client of the greatest weight to the noise. */
  readonly snrDb: number;
  /** Expected square of the noise in a value of the mean. */
  readonly noise: number;
  /** Mean square of what clients that were silent would have changed of a value. */
  readonly truncation: number;
  /** Share of the values that nobody sent. */
  readonly unheard: number;
}

/**
 * Work that took energy has ended: a client's task of training, or an aggregate. Does not enter the trace hash. It
 * belongs to the round of its stage that is closed next.
 */
export interface ComputeRow {
  readonly type: 'compute';
  readonly stage: Stage;
  /** That the work is for. */
  readonly round: number;
  /** A client, or "server". */
  readonly actor: string;
  readonly task: string;
  readonly virtualSeconds: number;
  /** How long it was worked on, and the joules of that. */
  readonly seconds: number;
  readonly joules: number;
  /**
   * `dropped`: its client was interrupted, went off, or was to hand in less (the rest is a row of its own), or the run
   * ended.
   */
  readonly ended: 'finished' | 'dropped';
}

/** A client's device went off or on, or crashed; the first are of those that are off at 0 s. */
export interface PresenceRow {
  readonly type: 'presence';
  readonly actor: string;
  readonly virtualSeconds: number;
  readonly on: boolean;
  /**
   * The scenario's `clients.presence`, by its name; or "crash", "task-failed" (`limits.onTaskFailure`), "leave", "join".
   * On again after a crash: what it crashed of.
   */
  readonly cause: string;
}

/** What crashes a device: the scenario's script, or a task of its that could not be done on this machine. */
export type CrashCause = 'crash' | 'task-failed';

/** An entry of the scenario's timeline took effect. */
export interface ScriptRow {
  readonly type: 'script';
  /** JSON pointer into the scenario, for example "/timeline/2". */
  readonly pointer: string;
  readonly virtualSeconds: number;
}

/**
 * One response to a held-out prompt: of synthetic data always, of real data where the user asked for samples.
 * Samples do not enter the trace hash.
 */
export interface SampleRow {
  readonly type: 'sample';
  readonly round: number;
  readonly actor: string;
  readonly topic: string;
  readonly prompt: string;
  readonly response: string;
}

/**
 * What phrases that became more frequent have to do with one client's gain from alignment: its responses of the
 * first and of the last measured round to the same held-out prompts, scored as they are and with the phrases
 * taken out of both. Rewards are means over the responses. The phrases are the same of every client, in the order
 * of their rise over all of them. Does not enter the trace hash.
 */
export interface PhrasesRow {
  readonly type: 'phrases';
  readonly firstRound: number;
  readonly round: number;
  readonly actor: string;
  readonly virtualSeconds: number;
  /** How many were answered in both rounds. */
  readonly prompts: number;
  readonly rewardBefore: number;
  readonly reward: number;
  /** Standard error of the gain, by the gains of single prompts; null of one prompt. */
  readonly gainError: number | null;
  /** Without all of the phrases. */
  readonly rewardStrippedBefore: number;
  readonly rewardStripped: number;
  readonly phrases: readonly PhraseOfClient[];
}

export interface PhraseOfClient {
  /** Its words; null where responses are not to be shown. */
  readonly phrase: string | null;
  /** Whether it rose whatever was asked: one that rose on sensitive requests alone is a refusal, say. */
  readonly stock: boolean;
  /** Shares of this client's responses that have it. */
  readonly frequencyBefore: number;
  readonly frequency: number;
  /** Without this phrase alone. */
  readonly rewardStrippedBefore: number;
  readonly rewardStripped: number;
}

/** A row of messages.jsonl: one message from sending to its end, and what became of the update in it. */
export type MessageRow = EndedMessage & UpdateFate;

/** What is known of a message when it ends: all but what the server makes of the update in it. */
export interface EndedMessage {
  readonly id: number;
  /** Id of the message that this is a second copy of; null for a message that somebody sent. */
  readonly copyOf: number | null;
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly step: string;
  readonly stage: Stage;
  readonly round: number;
  readonly params: readonly { kind: ParamKind; hash: string; parameters: number }[];
  /** Header and parameters, once. */
  readonly bits: number;
  readonly attempts: number;
  readonly outcome: 'delivered' | 'dropped' | 'in-flight';
  /** Why the last attempt of a dropped message failed; null for the others. */
  readonly reason: LossReason | null;
  /** Whether the sender knows that it arrived; null where its link was not done with it. */
  readonly acknowledged: boolean | null;
  /** Time on the air over all attempts. */
  readonly onAirSeconds: number;
  /** Bits on the air over all attempts, packet headers included. */
  readonly airBits: number;
  /** From being sent to being delivered or given up, queueing and feedback included; null while in flight. */
  readonly delaySeconds: number | null;
  /** Sum of the three below. */
  readonly energyJoules: number;
  readonly transmitJoules: number;
  readonly receiveJoules: number;
  /** Energy of the sender while it waits with the message. */
  readonly idleJoules: number;
  /**
   * Of its attempts, the seconds in which a scripted blackout left its link without a signal: a sender that
   * knows the gain waits, another one sends in vain. Does not enter the trace hash, nor does the next.
   */
  readonly blackoutSeconds: number;
  /** JSON pointers into the scenario to the blackouts that were to blame; empty without any. */
  readonly blackouts: readonly string[];
  /**
   * Where the cell's scheduler divides the band: the mean of its part while it was on the air, and the seconds in
   * which it could have sent and others had the band. Absent on a link with a band of its own.
   */
  readonly bandShare?: number;
  readonly bandWaitSeconds?: number;
  /** `airBits` at the scenario's price of a megabyte. */
  readonly price: number;
  readonly sentVirtualSeconds: number;
  readonly endedVirtualSeconds: number | null;
  /** Of an update: what its order allotted to its client, where the scenario's `server.allocation` allots. */
  readonly allotment?: Allotment;
  /**
   * Of an update that was given up and of which the server could use a part (`server.partial`): the tensors that arrived
   * whole, of so many, with their bits and their parameters; else absent. `aggregatedIn` says whether it was used.
   */
  readonly partial?: PartialDelivery;
  /** Every attempt that has ended, where the scenario's `channel.story` asks for it. */
  readonly story?: readonly AttemptStory[];
}

export interface PartialDelivery {
  readonly tensors: number;
  readonly of: number;
  readonly bits: number;
  readonly parameters: number;
}

/** One attempt at a message. */
export interface AttemptStory extends Pick<
  Attempt,
  | 'atSeconds'
  | 'seconds'
  | 'onAirSeconds'
  | 'airBits'
  | 'packets'
  | 'lostPackets'
  | 'lost'
  | 'acknowledged'
  | 'energyJoules'
  | 'blocks'
> {
  /** Gain and rate over time, at most 240 of them, with `channel.story` "blocks". */
  readonly samples?: readonly Sample[];
}

/** Why a run ended. */
export type Ended =
  | { readonly reason: 'finished'; readonly stages: Readonly<Partial<Record<Stage, Verdict>>> }
  | { readonly reason: 'out-of-virtual-time' }
  | {
      readonly reason: 'deadlock';
      readonly waiting: readonly { actor: string; state: string; for: string }[];
    }
  /** Time stood still at `virtualSeconds` while events went round; the last thousand of them by actor, most first. */
  | {
      readonly reason: 'livelock';
      readonly virtualSeconds: number;
      readonly repeating: readonly { actor: string; event: string; times: number }[];
    }
  | { readonly reason: 'interrupted' }
  /** A script stopped it: JSON pointer to the entry of the timeline. */
  | { readonly reason: 'stopped'; readonly by: string }
  /** `lastEvents`: up to the one that broke an invariant, oldest first; absent where another cause ended it. */
  | { readonly reason: 'failed'; readonly cause: string; readonly lastEvents?: readonly string[] };
