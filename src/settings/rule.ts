import { shown, type Problem } from './problem.js';

/**
 * A relation between settings that the schema cannot express. `S` is what it reads of a scenario and no more,
 * `Around` what it has to know besides: a rule for a part is a rule for whatever has that part.
 */
export interface Rule<S, Around = unknown> {
  readonly states: string;
  readonly problems: (settings: S, around: Around) => readonly Problem[];
}

/** What is wrong by these rules, in their order. */
export function broken<S, Around>(rules: readonly Rule<S, Around>[], settings: S, around: Around): Problem[] {
  return rules.flatMap(({ problems }) => problems(settings, around));
}

type Check = Problem | false;

/** The problems among the outcomes of checks. */
export function found(...checks: readonly Check[]): Problem[] {
  return checks.filter((check) => check !== false);
}

/** A problem with the value at `pointer`, unless `holds`. */
export function must(
  holds: boolean,
  pointer: string,
  value: unknown,
  expected: string,
  advice?: string,
): Check {
  if (holds) return false;
  return { pointer, is: `is ${shown(value)}`, expected, ...(advice !== undefined && { advice }) };
}

/** What a quantity can be in this world; outside it the unit is mistaken. */
export interface Plausible {
  readonly from: number;
  readonly to: number;
  readonly unit: string;
  readonly advice: string;
}

/** A problem with a quantity that this world does not have; null is none. */
export function plausible(
  pointer: string,
  value: number | null,
  { from, to, unit, advice }: Plausible,
): Check {
  const holds = value === null || (value >= from && value <= to);
  return must(holds, pointer, value, `${from} to ${to} ${unit}`, advice);
}
