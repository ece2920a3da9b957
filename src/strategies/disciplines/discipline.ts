import type { Stage } from '../../../machines/protocol.js';
import type { Strategy } from '../strategy.js';

/** What a discipline sees of the server: no parameters, only who was asked for what, and what came in. */
export interface Roster {
  readonly stage: Stage;
  /** Version of the stage's global model, as it is or as its aggregate is being made. */
  readonly version: number;
  readonly clients: readonly string[];
  /** Who was asked to work on this version. */
  readonly cohort: readonly string[];
  /**
   * Clients from whom nothing more will come: their newest order was answered in full, or never reached them.
   */
  readonly settled: readonly string[];
  /** Clients whose updates are at hand, and of how many versions ago the oldest of each is. */
  readonly arrived: Readonly<Record<string, number>>;
  readonly openSeconds: number;
  /** The scenario's, for this stage; Infinity: none. */
  readonly deadlineSeconds: number;
}

/** An update that has arrived: whose, and made from the global model of how many versions ago. */
export interface Arrival {
  readonly client: string;
  readonly staleness: number;
}

/**
 * When the updates at hand make a version, and who is sent it with an order to work on (decision D10). Pure
 * functions: equal rosters get equal answers.
 */
export interface Discipline {
  /**
   * Who is to work on the roster's version. `select` is the scenario's selection, among some of the clients.
   */
  invite(roster: Roster, select: (among: readonly string[]) => readonly string[]): readonly string[];
  /** Whether an update counts; its client's newer one always takes its place. */
  admits(arrival: Arrival, roster: Roster): boolean;
  /** Whether the updates at hand are to be aggregated now. */
  isDue(roster: Roster): boolean;
  /** Seconds after its opening when a version is aggregated from whatever is at hand; Infinity: never. */
  deadlineSeconds(roster: Roster): number;
  /** A client's tier, from 1, the fastest; absent in a discipline without tiers. */
  tierOf?(client: string, roster: Roster): number;
}

export interface DisciplineSettings {
  /** What becomes of an update of an earlier version. */
  readonly late: 'discard' | 'accept';
}

export interface DisciplineStrategy extends Strategy<Discipline, DisciplineSettings> {
  /** Whether it has tiers, which some aggregations ask for. */
  readonly hasTiers?: boolean;
}
