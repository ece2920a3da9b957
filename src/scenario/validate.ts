import { Ajv, type ValidateFunction } from 'ajv';
import { UserError } from '../errors.js';
import { schemaProblems } from '../settings/schema-problems.js';
import { problemLine, type Problem } from '../settings/problem.js';
import { broken } from '../settings/rule.js';
import type { Keyed } from './merged.js';
import { placedInMethod, withoutMethodSettings, withSettingsOfMethod } from './method-settings.js';
import { withOwnStrategies, type OwnNames } from './own-strategies.js';
import { rules, type Surroundings } from './relations.js';
import { ScenarioSchema, type Scenario } from './schema.js';
import { refuseTakenNames, type OwnStrategies } from '../strategies/strategies.js';
import type { SchemaNode } from '../settings/schema-node.js';

const options = { strict: true, allowUnionTypes: true, allErrors: true, verbose: true, useDefaults: true };
const shipped = JSON.parse(JSON.stringify(ScenarioSchema)) as SchemaNode;
const checkShipped = compiled(shipped);

export type Outcome =
  | { readonly scenario: Scenario; readonly problems: readonly [] }
  | { readonly scenario: null; readonly problems: readonly Problem[] };

/**
 * Fills in defaults and checks the form, in which own strategies may be named; the input stays as it was. The
 * settings of the scenario's method come into their places; `after` makes the changes that come after them.
 */
export function checkForm(
  input: unknown,
  own: OwnNames = {},
  after: (scenario: unknown) => unknown = (scenario) => scenario,
): Outcome {
  const schema = withOwnStrategies(shipped, own);
  const check = schema === shipped ? checkShipped : compiled(schema);
  const completed = (written: unknown): Outcome => {
    const value: unknown = structuredClone(written);
    if (check(value)) return { scenario: value, problems: [] };
    return { scenario: null, problems: schemaProblems(check.errors ?? [], schema) };
  };
  const outcome = completed(input);
  if (outcome.scenario?.methodSettings === undefined) return outcome;
  const resolved = after(withSettingsOfMethod(input as Keyed, outcome.scenario.method));
  return completed(withoutMethodSettings(resolved as Keyed));
}

/** Without the defaults inside of unions, which ajv refuses: those options' are filled in where they are read. */
function compiled(schema: SchemaNode): ValidateFunction<Scenario> {
  return new Ajv(options).compile<Scenario>(withoutDefaults(schema));
}

function withoutDefaults(
  { properties, additionalProperties: others, items, anyOf, default: value, ...rest }: SchemaNode,
  inUnion = false,
): SchemaNode {
  const within = (node: SchemaNode) => withoutDefaults(node, inUnion);
  return {
    ...rest,
    ...(value !== undefined && !inUnion && { default: value }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, node]) => [key, within(node)])),
    }),
    ...(others !== undefined && {
      additionalProperties: typeof others === 'object' ? within(others) : others,
    }),
    ...(items && { items: within(items) }),
    ...(anyOf && { anyOf: anyOf.map((branch) => withoutDefaults(branch, true)) }),
  };
}

/**
 * A scenario from any value, for use without a file: defaults filled in, checked, frozen.
 * Throws a UserError with one line for each problem; `origin` stands where a file name would, `own` has the
 * strategies that it may name beside those of the tables.
 */
export function resolveScenario(
  input: unknown,
  surroundings: Surroundings = { model: null, unreadable: {} },
  origin = 'scenario',
  own: OwnStrategies = {},
): Scenario {
  refuseTakenNames(own);
  const { scenario, problems } = checkForm(input, own);
  if (scenario === null) throw problemsError(problems, () => origin);
  const related = broken(rules, scenario, { ...surroundings, own });
  if (related.length > 0) {
    const placed = related.map((problem) => placedInMethod(input as Keyed, scenario.method, problem));
    throw problemsError(placed, () => origin);
  }
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
