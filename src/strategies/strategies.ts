import { UserError } from '../errors.js';
import { fadings } from '../radio/channel/fading/index.js';
import type { FadingStrategy } from '../radio/channel/fading/fading.js';
import type { AggregationStrategy } from './aggregation/aggregation.js';
import { aggregations } from './aggregation/index.js';
import type { CodecStrategy } from './compression/codec.js';
import { codecs } from './compression/index.js';
import type { DisciplineStrategy } from './disciplines/discipline.js';
import { disciplines } from './disciplines/index.js';
import { methods } from './methods/index.js';
import type { Method } from './methods/method.js';
import { unsoundIn } from './methods/unsound.js';
import { selections } from './selection/index.js';
import type { SelectionStrategy } from './selection/selection.js';

/** Every strategy that a scenario can name, by seam and by name. */
export interface Strategies {
  readonly methods: Readonly<Record<string, Method>>;
  readonly disciplines: Readonly<Record<string, DisciplineStrategy>>;
  readonly selections: Readonly<Record<string, SelectionStrategy>>;
  readonly aggregations: Readonly<Record<string, AggregationStrategy>>;
  readonly codecs: Readonly<Record<string, CodecStrategy>>;
  readonly fadings: Readonly<Record<string, FadingStrategy>>;
}

export type Seam = keyof Strategies;

/** A user's own strategies, to be named beside those of the tables. */
export type OwnStrategies = { readonly [S in Seam]?: readonly Strategies[S][string][] };

const shipped: Strategies = { methods, disciplines, selections, aggregations, codecs, fadings };

/** Where a scenario names its strategy of each seam. */
export const placesOfSeams: Readonly<Record<Seam, readonly string[]>> = {
  methods: ['method'],
  disciplines: ['server', 'discipline'],
  selections: ['server', 'selection'],
  aggregations: ['server', 'aggregation'],
  codecs: ['channel', 'compression'],
  fadings: ['channel', 'fading'],
};

export const seams = Object.keys(placesOfSeams) as readonly Seam[];

/** The tables with a user's own strategies. UserError where two of a seam have one name, or a method is unsound. */
export function strategiesWith(own: OwnStrategies = {}): Strategies {
  refuseTakenNames(own);
  refuseUnsound(own.methods ?? []);
  const tables = seams.map((seam) => {
    const table: Record<string, { readonly name: string }> = { ...shipped[seam] };
    for (const strategy of own[seam] ?? []) table[strategy.name] = strategy;
    return [seam, table];
  });
  return Object.fromEntries(tables) as Strategies;
}

/** Own strategies of two origins. */
export function together(some: OwnStrategies, others: OwnStrategies): OwnStrategies {
  const all = seams.map((seam) => [seam, [...(some[seam] ?? []), ...(others[seam] ?? [])]] as const);
  return Object.fromEntries(all.filter(([, strategies]) => strategies.length > 0));
}

/** UserError where a user's own strategy is called like one of the table, or like another of its own. */
export function refuseTakenNames(own: { readonly [S in Seam]?: readonly { readonly name: string }[] }): void {
  for (const seam of seams) {
    const names = (own[seam] ?? []).map(({ name }) => name);
    const taken = names.find((name, i) => isTaken(seam, name) || names.indexOf(name) < i);
    if (taken === undefined) continue;
    throw new UserError(
      `strategies: /${seam}: ${JSON.stringify(taken)} is taken, expected a name of its own; rename the strategy`,
    );
  }
}

/** UserError where a user's own method is no sound one. */
function refuseUnsound(own: readonly Method[]): void {
  for (const method of own) {
    const problem = unsoundIn(method);
    if (problem !== null)
      throw new UserError(`strategies: /methods: ${JSON.stringify(method.name)} ${problem}`);
  }
}

/** A trace is no strategy of the table, but a scenario names it like one. */
function isTaken(seam: Seam, name: string): boolean {
  return Object.hasOwn(shipped[seam], name) || (seam === 'fadings' && name === 'trace');
}
