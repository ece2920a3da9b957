import type { Static, TObject } from 'typebox';
import type { Stage } from '../../../machines/protocol.js';
import type { Strategy } from '../strategy.js';

/** What a discipline sees of the server: no parameters, only who was asked for what, and what came in. */
export interface Roster {
  readonly stage: Stage;
  /** Version of the stage's global model, as it is or as its aggregate is being made. */
  readonly version: number;
  /** All but those who are known to be away. */
  readonly clients: readonly string[];
  /** How many clients the scenario wants at work at a time: `server.selectionFraction` of these. */
  readonly cohortSize: number;
  /** Who was asked to work on this version. */
  readonly cohort: readonly string[];
  /** Those of them who could not be reached: their download was given up, and they are not known to be away. */
  readonly unreached: readonly string[];
  /** Those of them whose answer came and cannot be used. */
  readonly unusable: readonly string[];
  /**
   * Clients from whom nothing more will come: their newest order was answered in full, or never reached them,
   * or they have none in this stage.
   */
  readonly settled: readonly string[];
  /** Whether a client is one of them, which costs little however many there are. */
  readonly isSettled: (client: string) => boolean;
  /** The orders of all others. */
  readonly working: Readonly<Record<string, Standing>>;
  /** How many they are. */
  readonly atWork: number;
  /** Those of `clients` of whom nothing is expected, or only what is past the deadline. */
  readonly free: readonly string[];
  /** Clients whose updates are at hand, and of how many versions ago the oldest of each is; first come first. */
  readonly atHand: readonly Arrival[];
  /** Clients whose updates were at hand when the present version was made, and not taken. */
  readonly left: readonly string[];
  /** Whose updates made the present version. */
  readonly aggregated: readonly string[];
  /** Seconds from a client's order to its answer, as last measured in this stage. */
  readonly answerSeconds: Readonly<Record<string, number>>;
  readonly openSeconds: number;
  /** The scenario's, for this stage; Infinity: none. */
  readonly deadlineSeconds: number;
}

/** An order that was not answered in full: of how many versions and seconds ago it is. */
export interface Standing {
  readonly staleness: number;
  readonly seconds: number;
}

/** An update that has arrived: whose, and made from the global model of how many versions ago. */
export interface Arrival {
  readonly client: string;
  readonly staleness: number;
}

/** The scenario's selection: some of `among`, as many as `size` says; without it the scenario's share of them. */
export type Select = (among: readonly string[], size?: number) => readonly string[];

/**
 * When the updates at hand make a version, and who is sent it with an order to work on (decision D10). Pure
 * functions: equal rosters get equal answers.
 */
export interface Discipline {
  /** Who is to work on the roster's version as it opens. */
  invite(roster: Roster, select: Select): readonly string[];
  /** Who is to work on it too, after something came in that did not make the next one; absent: nobody. */
  refill?(roster: Roster, select: Select): readonly string[];
  /** Who of those at work is to drop it for the version that opens; absent: nobody. */
  resets?(roster: Roster): readonly string[];
  /** Who of those at work is to hand in what they have as the version opens; absent: nobody. */
  urges?(roster: Roster): readonly string[];
  /** Whether an update counts; its client's newer one always takes its place. */
  admits(arrival: Arrival, roster: Roster): boolean;
  /** Whether updates at hand are to be aggregated now. */
  isDue(roster: Roster): boolean;
  /** Whose updates are aggregated then; the others' stay at hand. Absent: all. */
  takes?(roster: Roster): readonly string[];
  /** Seconds after its opening when a version is aggregated from whatever is at hand; Infinity: never. */
  deadlineSeconds(roster: Roster): number;
  /** A client's tier, from 1, the fastest; absent in a discipline without tiers. */
  tierOf?(client: string, roster: Roster): number;
}

export interface DisciplineSettings {
  /** Versions that an update may be behind; null: what is usual for the discipline. */
  readonly maxStaleness: number | null;
  /** What becomes of an update that is further behind. */
  readonly late: 'discard' | 'accept' | 'reset' | 'urge';
}

type Options = Readonly<Record<string, unknown>>;

export interface DisciplineStrategy extends Strategy<Discipline, DisciplineSettings> {
  /** Whether it has tiers, which some aggregations ask for. */
  readonly hasTiers?: boolean;
  /**
   * Versions that an update may be behind where the scenario names no bound; a checker holds the discipline to it, or to
   * the scenario's. Absent: it has rules of its own.
   */
  readonly usualStaleness?: number;
  /** The updates that it makes a version of without waiting for more, of a cohort; absent: the cohort's. */
  atOnce?(options: Options, cohort: number): number;
}

/** A discipline with the types of its own options, for those who write one. */
export function discipline<Own extends TObject>(value: {
  readonly name: string;
  readonly description: string;
  readonly options: Own;
  readonly hasTiers?: boolean;
  readonly usualStaleness?: number;
  atOnce?(options: Static<Own>, cohort: number): number;
  make(settings: DisciplineSettings & Static<Own>): Discipline;
}): DisciplineStrategy {
  return value;
}
