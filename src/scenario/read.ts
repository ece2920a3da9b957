import { dirname, resolve } from 'node:path';
import { broken, type Rule } from '../settings/rule.js';
import { applyChanges, type Change } from './changes.js';
import { mostBytes, readTextFile } from '../text-file.js';
import { findScenarioFile } from './file.js';
import { parseScenarioText } from './parse.js';
import type { OwnNames } from './own-strategies.js';
import type { Scenario } from './schema.js';
import { deepFreeze, problemsError } from './validate.js';

/** What stands in a scenario file, unchecked. */
export interface Written {
  /** The file as it was named, or where it was found; null: what was written stands in none. */
  readonly file: string | null;
  readonly value: unknown;
}

/** Which relations between settings have to hold, and what they need to know besides. */
export interface Check<Around> {
  readonly rules: readonly Rule<Scenario, Around>[];
  /** `folder` as in `Read`. */
  readonly around: (scenario: Scenario, folder: string) => Promise<Around> | Around;
}

export interface Read<Around> {
  /** Defaults filled in, checked, deeply frozen. */
  readonly scenario: Scenario;
  /** Absolute folder of the file, else the current one; paths in the scenario are relative to it. */
  readonly folder: string;
  readonly around: Around;
}

/**
 * Reads JSON or YAML, or one of the package's own scenarios by its bare name ("quickstart"). UserError where
 * it cannot be read or parsed.
 */
export async function readWritten(path: string): Promise<Written & { readonly file: string }> {
  const file = await findScenarioFile(path);
  const text = await readTextFile(file, 'a scenario file', mostBytes.scenario);
  return { file, value: parseScenarioText(text, file) };
}

/**
 * Changes, completes, checks and freezes what was written.
 *
 * Throws a UserError that has one line for each problem: file, JSON pointer, value, what was expected, what
 * to do; or where two of `changes` set the same value.
 */
export async function readScenario<Around>(
  { file, value }: Written,
  changes: readonly Change[],
  check: Check<Around>,
  own: OwnNames = {},
): Promise<Read<Around>> {
  const { scenario, originOf, placed } = applyChanges(value, changes, file, own);
  const folder = file === null ? resolve('.') : dirname(resolve(file));
  const around = await check.around(scenario, folder);
  const problems = broken(check.rules, scenario, around).map(placed);
  if (problems.length > 0) throw problemsError(problems, originOf);
  return { scenario: deepFreeze(scenario), folder, around };
}
