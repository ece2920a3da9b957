import { canonicalJson } from '../records/exact-json.js';
import { isRecord, type Keyed } from '../scenario/merged.js';
import { besides } from './read-runs.js';

/*
 * In which settings the scenarios of some runs differ.
 */

/** A value of a setting; undefined where a scenario has none. */
export type Value = unknown;

/** The settings that tell runs apart. */
export interface Differences {
  /** Paths, "channel.lossProbability": as few as tell apart all that differ. */
  readonly kept: readonly string[];
  /** Paths that differ too, and whose values follow from those of `kept`. */
  readonly following: readonly string[];
}

/**
 * The paths at which scenarios differ, but for their seed and their names. A list is one value, and so is a strategy
 * with its options where its name differs. Of paths whose values follow from those of others, as the rates that
 * `methodSettings` gives a method, only the others are kept: paths are tried from the last to the first, and the
 * method comes first.
 */
export function differences(scenarios: readonly Keyed[]): Differences {
  const settings = scenarios.map((scenario) =>
    Object.fromEntries(Object.entries(scenario).filter(([key]) => !besides.includes(key))),
  );
  const paths = differing(settings, []).map((path) => path.join('.'));
  const ordered = [
    ...paths.filter((path) => path === 'method'),
    ...paths.filter((path) => path !== 'method'),
  ];
  const kept = [...ordered].reverse().reduce((left, path) => {
    const others = left.filter((other) => other !== path);
    return follows(scenarios, path, others) ? others : left;
  }, ordered);
  return { kept, following: ordered.filter((path) => !kept.includes(path)) };
}

/** What stands at a path; undefined where nothing does. */
export function valueAt(scenario: Keyed, path: string): Value {
  return path.split('.').reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), scenario);
}

/** A value as text by which it is told apart. */
export function textOf(value: Value): string {
  return value === undefined ? '' : canonicalJson(value, 'setting');
}

/** A value as a person reads it: a name without its quotes. */
export function shownValue(value: Value): string {
  if (value === undefined) return '–';
  return typeof value === 'string' ? value : textOf(value);
}

function differing(values: readonly unknown[], path: readonly string[]): readonly (readonly string[])[] {
  if (new Set(values.map(textOf)).size === 1) return [];
  if (!values.every(isRecord) || new Set(values.map(({ name }) => textOf(name))).size > 1) return [path];
  const keys = [...new Set(values.flatMap((value) => Object.keys(value)))];
  return keys.flatMap((key) =>
    differing(
      values.map((value) => value[key]),
      [...path, key],
    ),
  );
}

/** Whether the value at `path` is a function of those at `others`. */
function follows(scenarios: readonly Keyed[], path: string, others: readonly string[]): boolean {
  const values = new Map<string, string>();
  return scenarios.every((scenario) => {
    const key = others.map((other) => textOf(valueAt(scenario, other))).join('\n');
    const value = textOf(valueAt(scenario, path));
    if (!values.has(key)) values.set(key, value);
    return values.get(key) === value;
  });
}
