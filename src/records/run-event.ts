import type { InspectionEvent } from 'xstate';
import type { Stage } from '../../machines/protocol.js';
import type { ParamSet } from '../learning/params/param-set.js';
import type { TaskKind } from '../learning/training/task.js';
import type { FailedTry } from '../learning/training/task-failure.js';
import type { GivenBand } from '../radio/cell/cell.js';
import type { Direction } from '../radio/channel/directions/settings.js';
import type { BusEvent } from '../simulation/bus/bus.js';
import type { Manifest } from './manifest.js';
import type { EndedMessage, MessageRow, MetricRow } from './rows.js';
import type { AggregatedUpdate, StateEvent } from './state-events.js';

/** What a run tells while it goes on. `virtualSeconds` is virtual time since the start of the run. */
export type RunEvent =
  /** The run begins, and its folder is open: the first event. */
  | { readonly type: 'manifest'; readonly manifest: Manifest }
  /** A row of metrics.jsonl. */
  | { readonly type: 'row'; readonly row: MetricRow }
  /** Something happened to a message on its way. */
  | { readonly type: 'bus'; readonly event: BusEvent }
  /** A message has ended, or the run has ended with it under way. */
  | { readonly type: 'message-ended'; readonly row: EndedMessage }
  /** The same with what became of the update in it, once that is known: its row of messages.jsonl. */
  | { readonly type: 'message'; readonly row: MessageRow }
  | TaskStarted
  | TaskFinished
  | TaskDropped
  | TryFailedEvent
  /** What the cell's scheduler has given of a direction's band since it last told. */
  | { readonly type: 'band'; readonly direction: Direction; readonly given: GivenBand }
  /** The updates of one round's aggregate, before it is made. */
  | { readonly type: 'aggregate'; readonly updates: readonly AggregatedUpdate[] }
  /** Who has which parameters, how much updates count, what is in a battery. */
  | StateEvent
  /** A set that a task has given back. */
  | { readonly type: 'params'; readonly set: ParamSet }
  | ActorRegistered
  | ActorEvent
  /** The clock is about to take its next event; all that the one before has caused has been told. */
  | { readonly type: 'clock'; readonly virtualSeconds: number };

interface TaskEvent {
  /** Whose task it is: the id of a client, or "server". */
  readonly actor: string;
  readonly stage: Stage;
  readonly round: number;
  readonly task: TaskKind;
  /** Its number among the tasks of the run, from 1. */
  readonly number: number;
  /** SHA-256 of everything that the result depends on; made when it is asked for. */
  readonly key: string;
  readonly virtualSeconds: number;
}

/** A task was handed to the executor. */
export interface TaskStarted extends TaskEvent {
  readonly type: 'task-started';
  /** Virtual seconds until its result is due. */
  readonly seconds: number;
  /** What its device will have spent on it by then, evenly over these seconds; 0 for what is only measured. */
  readonly joules: number;
}

/** The result of a task is due and has come. */
export interface TaskFinished extends TaskEvent {
  readonly type: 'task-finished';
  /** Why it failed; null where it did not. */
  readonly error: string | null;
}

/** A task was dropped before its result was due: its client was interrupted, went off, or is to hand in less. */
export interface TaskDropped extends TaskEvent {
  readonly type: 'task-dropped';
}

/**
 * A try of a task failed on this machine. It comes when it happens, so that its place among the other events is not the
 * same in each run; it is no part of the trace hash.
 */
export interface TryFailedEvent extends FailedTry {
  readonly type: 'try-failed';
  readonly virtualSeconds: number;
}

/** An actor is there, and has taken no event yet. Told to observers that ask for `actors`. */
export interface ActorRegistered {
  readonly type: 'actor-registered';
  /** "server", "client-1", "client-1/uplink", "simulation". */
  readonly actor: string;
  /** Id of its chart: "server", "client", "channel", "simulation". */
  readonly machine: string;
  /** The actor that made it; null for the simulation. */
  readonly parent: string | null;
  /** Where its chart begins, before any transition. */
  readonly state: string;
  readonly virtualSeconds: number;
}

/** An actor has taken an event. Told to observers that ask for `actors`. */
export interface ActorEvent {
  readonly type: 'actor';
  /** "server", "client-1", "client-1/uplink", "simulation". */
  readonly actor: string;
  /** Type of the event, for example "download.delivered" or XState's "xstate.init". */
  readonly event: string;
  readonly cause: ActorCause;
  /** Where the actor was, and where it is after the event, outermost state first: "rewardLearning.collecting". */
  readonly before: string;
  readonly state: string;
  /** The way from the one to the other, step by step; empty where the chart has no answer to the event. */
  readonly microsteps: readonly Microstep[];
  readonly virtualSeconds: number;
}

/** Transitions that were taken together (one, but in a chart with parallel states), and where they led. */
export interface Microstep {
  /** Names of transitions; see `transitionId` in src/charts/transition-id.ts. */
  readonly transitions: readonly string[];
  readonly state: string;
}

/** Why an actor got an event. */
export type ActorCause =
  /** What became of a message: its `id` in messages.jsonl, and its sender. */
  | { readonly by: 'message'; readonly message: number; readonly from: string }
  /** The end of something that the actor has invoked: the event's type names it. */
  | { readonly by: 'task' }
  /** A delay of the state that the actor is in. */
  | { readonly by: 'timer' }
  /** Another actor. */
  | { readonly by: 'actor'; readonly from: string }
  /** A device that went off or on. */
  | { readonly by: 'presence' }
  /** The run itself: it began, or ended. */
  | { readonly by: 'run' };

/**
 * Hears what a run tells and changes nothing (decision D13): events are the run's own objects, to be read and
 * never written. An RxJS Subject is an observer too. What an observer throws ends the run as failed, with a
 * cause that names it; the others go on hearing.
 */
export interface RunObserver {
  /** What the cause of a failed run calls it; without a name, its number among the observers, from 1. */
  readonly name?: string;
  /** Asks for events of type "actor-registered" and "actor" too; without such an observer the actors are not inspected. */
  readonly actors?: boolean;
  next(event: RunEvent): void;
  /** The run is over; nothing more comes. */
  complete?(): void;
}

/** Hears events of XState's Inspection API, from the first actor on. */
export type Inspect = (event: InspectionEvent) => void;
