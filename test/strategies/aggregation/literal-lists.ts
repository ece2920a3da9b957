import { blank, type Memory } from '../../../src/learning/params/memory.js';
import { paramSet, tensorsOf, type ParamSet } from '../../../src/learning/params/param-set.js';
import type {
  AggregatedPart,
  AggregationStrategy,
  Participant,
  Update,
} from '../../../src/strategies/aggregation/aggregation.js';
import { aggregations } from '../../../src/strategies/aggregation/index.js';
import { made } from '../../../src/strategies/strategy.js';

/** Tensors as lists that a reader can check by hand, each of one dimension. */
export type Tensors = Readonly<Record<string, readonly number[]>>;

export const set = (tensors: Tensors): ParamSet =>
  paramSet(
    'lora',
    Object.entries(tensors).map(([name, values]) => ({ name, shape: [values.length], values })),
  );

export const listed = (params: ParamSet | undefined): Tensors =>
  Object.fromEntries(params ? [...tensorsOf(params)].map(({ name, values }) => [name, [...values]]) : []);

type About = Partial<Omit<Update, 'client' | 'params' | 'base'>> & { readonly base?: Tensors };

/** An update on version 7, or on one as many versions before it as it is stale, of one row. */
export function update(client: string, tensors: Tensors, { base, ...about }: About = {}): Update {
  const { staleness = 0 } = about;
  return {
    client,
    params: set(tensors),
    base: base ? set(base) : null,
    rows: 1,
    version: 7 - staleness,
    staleness,
    ageSeconds: 10 * (staleness + 1),
    tier: null,
    ...about,
  };
}

/** Updates of clients a, b, c, … that hold one tensor w. */
export const updatesOf = (values: readonly (readonly number[])[], base?: readonly number[]): Update[] =>
  values.map((w, i) => update(String.fromCharCode(97 + i), { w }, base && { base: { w: base } }));

export interface Given {
  readonly global?: Tensors;
  readonly updates: readonly Update[];
  readonly version?: number;
  readonly clients?: Readonly<Record<string, Participant>>;
  readonly memory?: Memory;
}

/** What a strategy of the table, or another, makes of a list. */
export function aggregatedBy(
  strategy: keyof typeof aggregations | AggregationStrategy,
  { global, updates, version = 7, clients = {}, memory = blank }: Given,
  options: Readonly<Record<string, unknown>> = {},
  stalenessExponent = 0.5,
): AggregatedPart {
  const { name } = typeof strategy === 'string' ? aggregations[strategy] : strategy;
  const table = typeof strategy === 'string' ? aggregations : { [name]: strategy };
  const aggregate = made(table, { name, ...options }, { stalenessExponent });
  return aggregate({ global: global ? set(global) : null, updates, version, clients, memory });
}

/** The tensors of the next global set. */
export function globalBy(...given: Parameters<typeof aggregatedBy>): Tensors {
  return listed(aggregatedBy(...given).global);
}

/** The tensor w of the next global set. */
export function wBy(...given: Parameters<typeof aggregatedBy>): readonly number[] {
  return globalBy(...given)['w']!;
}
