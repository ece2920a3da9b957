import type { Static, TObject } from 'typebox';

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

/** What a scenario says of a seam: a name, or a name and options. */
export type Choice = string | ({ readonly name: string } & Readonly<Record<string, unknown>>);

export function nameOf(choice: Choice): string {
  return typeof choice === 'string' ? choice : choice.name;
}

/** Makes what a choice names. Error where the table has no such strategy: the scenario's schema lets none by. */
export function made<Made, Settings extends object>(
  table: Readonly<Record<string, Strategy<Made, Settings>>>,
  choice: Choice,
  settings: Settings,
): Made {
  const found = table[nameOf(choice)];
  if (!found) throw new Error(`no strategy is called ${nameOf(choice)}`);
  const { name: _, ...own } = typeof choice === 'string' ? { name: choice } : choice;
  return found.make({ ...settings, ...own });
}
