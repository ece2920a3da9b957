import type { ReceivedUpdate } from '../../../machines/server.js';
import type { ParamSet, TensorSpec } from '../../learning/params/param-set.js';
import type { CheckName } from '../../records/fate.js';

/** An update as it has arrived, with its sets by part. */
export interface Arrived extends ReceivedUpdate {
  readonly sets: Readonly<Record<string, ParamSet>>;
  /** Whether its link brought some of its tensors only (`server.partial`). */
  readonly inPart: boolean;
}

/** What the server knows by itself of an update that its sender may send now. */
export interface Expected {
  /** Whether the run has a client of this name. */
  readonly isClient: (name: string) => boolean;
  /** Whether the server gave its sender the order that it says it answers. */
  readonly isAsked: boolean;
  /** Its tensors by part, in their order. */
  readonly tensors: Readonly<Record<string, readonly TensorSpec[]>>;
  /** What the sender's work on them began with, by part. */
  readonly starts: Readonly<Record<string, ParamSet>>;
  /** Greatest norm of its change; null: any. */
  readonly maxNorm: number | null;
}

/** One thing that has to be right of an update before it may count. Pure. */
export interface Check {
  readonly name: CheckName;
  /** Whether it reads values: over the air the server hears none of a single client's. */
  readonly readsValues: boolean;
  /** What is wrong, in words; null where nothing is. A check may count on those before it. */
  of(this: void, update: Arrived, expected: Expected): string | null;
}
