import { createHash } from 'node:crypto';
import {
  eachName,
  placesOfSeams,
  seams,
  type OwnStrategies,
  type Place,
  type Seam,
} from '../strategies/strategies.js';
import type { ActionCode, Code, ConditionCode, ExpectationCode } from './code.js';
import type { AnyStrategy, Definition, Used } from './define.js';

/** A definition taken apart: settings that are data, and the functions that they name. */
export interface Lowered {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly strategies: OwnStrategies;
  readonly code: Code;
}

/** Puts names in the place of strategies, and hashes in that of functions; the definition stays as it was. */
export function lowered({
  extends: _,
  observers: __,
  executor: ___,
  inspect: ____,
  ...definition
}: Definition): Lowered {
  const { timeline = [], expectations = [], ...rest } = definition;
  const named = withNames(rest);
  const functions = new Functions();
  const entries = timeline.map(({ when, do: does, ...moment }) => ({
    ...moment,
    ...(when !== undefined && { when: functions.condition(when) }),
    do: does.map((action) => functions.action(action)),
  }));
  const expected = expectations.map((each) => {
    if ('code' in each) {
      const { code, ...about } = each;
      return { ...about, sha256: functions.expectation(code) };
    }
    return 'when' in each ? { ...each, when: functions.condition(each.when) } : each;
  });
  return {
    settings: {
      ...named.settings,
      ...(timeline.length > 0 && { timeline: entries }),
      ...(expectations.length > 0 && { expectations: expected }),
    },
    strategies: named.strategies,
    code: functions,
  };
}

/** Functions by the SHA-256 of their source; a second one of equal source, as from a loop, by another hash. */
class Functions implements Code {
  readonly conditions = new Map<string, ConditionCode>();
  readonly actions = new Map<string, ActionCode>();
  readonly expectations = new Map<string, ExpectationCode>();

  condition<T extends object>(given: T | ConditionCode): T | { on: 'code'; sha256: string } {
    return typeof given === 'function' ? { on: 'code', sha256: kept(this.conditions, given) } : given;
  }

  action<T extends object>(given: T | ActionCode): T | { action: 'code'; sha256: string } {
    return typeof given === 'function' ? { action: 'code', sha256: kept(this.actions, given) } : given;
  }

  expectation(given: ExpectationCode): string {
    return kept(this.expectations, given);
  }
}

function kept<F extends ActionCode | ConditionCode | ExpectationCode>(
  table: Map<string, F>,
  code: F,
): string {
  for (let copy = 1; ; copy++) {
    const source = copy === 1 ? code.toString() : `${code.toString()}\n${copy}`;
    const sha256 = createHash('sha256').update(source).digest('hex');
    if (table.has(sha256) && table.get(sha256) !== code) continue;
    table.set(sha256, code);
    return sha256;
  }
}

/** Settings in which the strategies that stand in them are named, and these by their seam. */
function withNames(settings: Readonly<Record<string, unknown>>) {
  const strategies: { [S in Seam]?: { readonly name: string }[] } = {};
  const places = seams.flatMap((seam) =>
    placesOfSeams[seam].flatMap((place) => spelledOut(place, settings).map((path) => ({ seam, path }))),
  );
  const named = places.reduce<Settings>((node, { seam, path }) => {
    const own = strategyIn(seam, path.reduce(valueAt, node));
    if (own === null) return node;
    strategies[seam] = [...new Set([...(strategies[seam] ?? []), own.strategy])];
    const choice =
      Object.keys(own.options).length > 0 ? { name: own.strategy.name, ...own.options } : own.strategy.name;
    return replaced(node, path, choice);
  }, settings);
  return { settings: named, strategies: strategies as unknown as OwnStrategies };
}

type Settings = Readonly<Record<string, unknown>>;

const valueAt = (node: unknown, key: string) => (node as Settings | null | undefined)?.[key];

/** The places that there are where one stands for each name. */
function spelledOut(place: Place, settings: Settings): readonly Place[] {
  const at = place.indexOf(eachName);
  if (at < 0) return [place];
  const before = place.slice(0, at);
  const names = Object.keys(before.reduce<unknown>(valueAt, settings) ?? {});
  return names.map((name) => [...before, name, ...place.slice(at + 1)]);
}

/** The strategy that stands where a name could; null for a name. */
function strategyIn(seam: Seam, given: unknown): { strategy: { name: string }; options: object } | null {
  if (typeof given !== 'object' || given === null) return null;
  if (seam === 'methods') return { strategy: given as { name: string }, options: {} };
  if ('make' in given) return { strategy: given as AnyStrategy, options: {} };
  return 'strategy' in given ? (given as Used) : null;
}

function replaced(
  node: Readonly<Record<string, unknown>>,
  [key, ...rest]: readonly string[],
  value: unknown,
): Readonly<Record<string, unknown>> {
  const inner = (node[key!] ?? {}) as Readonly<Record<string, unknown>>;
  return { ...node, [key!]: rest.length === 0 ? value : replaced(inner, rest, value) };
}
