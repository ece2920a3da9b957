import { shown, type Problem } from './problem.js';

/**
 * A relation between settings that the schema cannot express. `S` is what it reads of a scenario and no more,
 * `Around` what it has to know besides: a rule for a part is a rule for whatever has that part.
 */
export interface Rule<S, Around = unknown> {
  readonly states: string;
  readonly findings: (settings: S, around: Around) => Finding | readonly Finding[];
}

/** False where nothing is wrong. */
export type Finding = Problem | false;

/** What is wrong by these rules, in their order. */
export function broken<S, Around>(rules: readonly Rule<S, Around>[], settings: S, around: Around): Problem[] {
  return rules.flatMap(({ findings }) => findings(settings, around)).filter((finding) => finding !== false);
}

/** A problem with the value at `pointer`, unless `holds`. */
export function must(
  holds: boolean,
  pointer: string,
  value: unknown,
  expected: string,
  advice?: string,
): Finding {
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

/** A finding for each quantity of the table that `settings`, which stand at `pointer`, have; null is plausible. */
export function plausible<K extends string>(
  pointer: string,
  settings: Readonly<Record<NoInfer<K>, number | null>>,
  table: Readonly<Record<K, Plausible>>,
): Finding[] {
  return (Object.keys(table) as K[]).map((key) => {
    const { from, to, unit, advice } = table[key];
    const value = settings[key];
    const holds = value === null || (value >= from && value <= to);
    return must(holds, `${pointer}/${key}`, value, `${from} to ${to} ${unit}`, advice);
  });
}
