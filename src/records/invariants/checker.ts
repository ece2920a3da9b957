import type { TaskKind } from '../../learning/training/task.js';
import type { GivenBand } from '../../radio/cell/cell.js';
import type { Direction } from '../../radio/channel/directions/settings.js';
import type { BusEvent } from '../../simulation/bus/bus.js';
import type { EndedMessage, MetricRow } from '../rows.js';
import type { TaskDropped, TaskFinished, TaskStarted } from '../run-event.js';
import type { AggregatedUpdate, StateEvent } from '../state-events.js';

export type { AggregatedUpdate } from '../state-events.js';

/** What a run must never do was done: a defect of the simulator, never a fault of the user. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
  readonly lastEvents: readonly string[];

  /**
   * `invariant` names the checker, `what` says what happened and where. `found` is added by whoever knows it: the
   * scenario's seed, and the last events of the run, of which the last has broken the invariant.
   */
  constructor(
    readonly invariant: string,
    readonly what: string,
    found?: { readonly seed: number; readonly when: string; readonly lastEvents: readonly string[] },
  ) {
    super(`${invariant}: ${what}${found ? ` (seed ${found.seed}; ${found.when})` : ''}`);
    this.lastEvents = found?.lastEvents ?? [];
  }
}

/** What throws the violations of one invariant. */
export type Fail = (what: string) => never;

export function violationsOf(invariant: string): Fail {
  return (what) => {
    throw new InvariantViolation(invariant, what);
  };
}

/** A task that was handed to the executor, and whose it is. */
export interface BegunTask {
  readonly actor: string;
  readonly task: TaskKind;
  readonly virtualSeconds: number;
  /** That it takes if it is worked on to its end. */
  readonly joules: number;
}

/**
 * Listens to what a run tells (decision D9). Every method throws an InvariantViolation at the first event that
 * breaks its invariant. A checker hears of an event before the actors do (see RunEvents).
 */
export interface Checker {
  onBus?(this: void, event: BusEvent): void;
  onMetric?(this: void, row: MetricRow): void;
  /** A message has ended. */
  onMessage?(this: void, row: EndedMessage): void;
  onTask?(this: void, task: BegunTask): void;
  /** A task has begun, or has come to its end. */
  onWork?(this: void, event: TaskStarted | TaskFinished | TaskDropped): void;
  /** The updates of one round's aggregate, before it is made. */
  onAggregate?(this: void, updates: readonly AggregatedUpdate[]): void;
  onBand?(this: void, direction: Direction, given: GivenBand): void;
  /** Who has which parameters, how much updates count, what is in a battery. */
  onState?(this: void, event: StateEvent): void;
  /** The clock is about to take its next event: all have heard of the one before. */
  onClock?(this: void): void;
  /** The run is over. */
  finish?(this: void): void;
}
