import type { Static, TObject } from 'typebox';
import { Default } from 'typebox/value';
import type { Choice } from '../settings/choice.js';

/**
 * A strategy as a value (decision D11): its name, the schema of its own options, and what makes its pure
 * functions. A scenario names it, `"fedavg"`, or gives it options: `{ "name": "krum", "byzantine": 2 }`.
 */
export interface Strategy<Made, Settings = object> {
  readonly name: string;
  /** What it does, in half a line: the scenario's schema tells it to editors. */
  readonly description: string;
  /** Its own options; absent where it has none. */
  readonly options?: TObject;
  /** Settings are those that all strategies of the seam share, own options beside them. */
  make(settings: Settings & Readonly<Record<string, unknown>>): Made;
}

/** The same with the types of its own options, for those who write one. */
export function strategy<Made, Settings, Own extends TObject>(value: {
  readonly name: string;
  readonly description: string;
  readonly options: Own;
  make(settings: Settings & Static<Own>): Made;
}): Strategy<Made, Settings> {
  return value;
}

export function nameOf(choice: Choice): string {
  return typeof choice === 'string' ? choice : choice.name;
}

/** What a choice names of a table. Error where it has no such strategy: the scenario's schema lets none by. */
export function named<S>(table: Readonly<Record<string, S>>, choice: Choice): S {
  const found = table[nameOf(choice)];
  if (!found) throw new Error(`no strategy is called ${nameOf(choice)}`);
  return found;
}

/** Makes what a choice names, with its own options and their defaults. */
export function made<Made, Settings extends object>(
  table: Readonly<Record<string, Strategy<Made, Settings>>>,
  choice: Choice,
  settings: Settings,
): Made {
  const found = named(table, choice);
  return found.make({ ...settings, ...optionsOf(found, choice) });
}

/** The own options of what a choice names, with their defaults; empty where it has none. */
export function optionsOf(
  { options }: { readonly options?: TObject },
  choice: Choice,
): Readonly<Record<string, unknown>> {
  if (!options) return {};
  if (typeof choice === 'string') return defaultsOf(options);
  const { name: _, ...written } = choice;
  return Default(options, written) as typeof written;
}

/** Made once for each strategy: an aggregation is made anew for each of its tasks. */
function defaultsOf(options: TObject): Readonly<Record<string, unknown>> {
  const defaults = known.get(options) ?? (Default(options, {}) as Readonly<Record<string, unknown>>);
  known.set(options, defaults);
  return defaults;
}

const known = new WeakMap<TObject, Readonly<Record<string, unknown>>>();
