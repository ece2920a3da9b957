import type { Static, TObject } from 'typebox';
import type { History } from '../../../machines/server.js';
import type { Stream } from '../../simulation/random/stream.js';
import type { Strategy } from '../strategy.js';

/** What a selection is told, to be read while it is asked: it is made as it is looked at. */
export interface ToSelect {
  /** Who can be selected. */
  readonly clients: readonly string[];
  /** How many the scenario asks for. */
  readonly size: number;
  /** The version of the global model that they will work on. */
  readonly version: number;
  /** How each client of the run has done so far, in this stage. */
  readonly history: Readonly<Record<string, History>>;
  /** What else the server knows of each client of the run. */
  readonly profiles: Readonly<Record<string, Profile>>;
}

/** What a server knows of a client beside its answers. */
export interface Profile {
  /** Rows that this stage trains on: of all its reward models together where it trains those. */
  readonly rows: number;
  /** Mean SNR of its uplink at this moment, without the fading around it. */
  readonly uplinkSnrDb: number;
  /** What its device has spent in this run: radio, as sender and as receiver, and computing. */
  readonly joules: number;
  /** Speed of its device, which a server knows by the model of the device. */
  readonly gigaflopsPerSecond: number;
}

/**
 * Who takes part: some of `clients`, in their order, at least one. `draw` belongs to the stage and the
 * version.
 */
export type Selection = (given: ToSelect, draw: Stream) => readonly string[];

type Options = Readonly<Record<string, unknown>>;

export interface SelectionStrategy extends Strategy<Selection> {
  /** What of its options does not fit the scenario; absent: all do. */
  misfit?(options: Options, scenario: Scale): Misfit | null;
}

/** How large a scenario is: what a selection's options have to fit. */
export interface Scale {
  readonly clients: number;
  /** How many are selected for a version. */
  readonly size: number;
  /** The most versions that one of its stages makes. */
  readonly versions: number;
}

/** An option that does not fit, and what would. */
export interface Misfit {
  readonly option: string;
  /** For example `at least 5, the number of clients that are selected`. */
  readonly expected: string;
}

/** A selection with the types of its own options, for those who write one. */
export function selection<Own extends TObject>(value: {
  readonly name: string;
  readonly description: string;
  readonly options: Own;
  misfit?(options: Static<Own>, scenario: Scale): Misfit | null;
  make(options: Static<Own>): Selection;
}): SelectionStrategy {
  return value;
}

/** ceil(fraction · count), at least 1, not raised by the rounding of the product: 0.1 · 30 gives 3, not 4. */
export function cohortSize(fraction: number, count: number): number {
  return Math.max(1, Math.ceil(fraction * count - 1e-9));
}
