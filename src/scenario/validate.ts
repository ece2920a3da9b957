import { Ajv } from 'ajv';
import { UserError } from '../errors.js';
import { schemaProblems } from '../settings/schema-problems.js';
import { problemLine, type Problem } from '../settings/problem.js';
import { broken } from '../settings/rule.js';
import { rules, type Surroundings } from './relations.js';
import { ScenarioSchema, type Scenario } from './schema.js';
import type { SchemaNode } from '../settings/schema-node.js';

const schema = JSON.parse(JSON.stringify(ScenarioSchema)) as SchemaNode;
const ajv = new Ajv({
  strict: true,
  allowUnionTypes: true,
  allErrors: true,
  verbose: true,
  useDefaults: true,
});
const check = ajv.compile<Scenario>(schema);

export type Outcome =
  | { readonly scenario: Scenario; readonly problems: readonly [] }
  | { readonly scenario: null; readonly problems: readonly Problem[] };

/** Fills in defaults and checks the form; the input stays as it was. */
export function checkForm(input: unknown): Outcome {
  const value: unknown = structuredClone(input);
  if (check(value)) return { scenario: value, problems: [] };
  return { scenario: null, problems: schemaProblems(check.errors ?? [], schema) };
}

/**
 * A scenario from any value, for use without a file: defaults filled in, checked, frozen.
 * Throws a UserError with one line for each problem; `origin` stands where a file name would.
 */
export function resolveScenario(
  input: unknown,
  surroundings: Surroundings = { model: null, unreadable: {} },
  origin = 'scenario',
): Scenario {
  const { scenario, problems } = checkForm(input);
  if (scenario === null) throw problemsError(problems, () => origin);
  const related = broken(rules, scenario, surroundings);
  if (related.length > 0) throw problemsError(related, () => origin);
  return deepFreeze(scenario);
}

/** All problems in one error, a line for each. */
export function problemsError(
  problems: readonly Problem[],
  originOf: (problem: Problem) => string,
): UserError {
  return new UserError(problems.map((problem) => problemLine(originOf(problem), problem)).join('\n'));
}

/** Freezes an object and all that it holds. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
