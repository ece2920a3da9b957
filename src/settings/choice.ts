import Type from 'typebox';
import type { SchemaNode } from './schema-node.js';

/** The name of a strategy, or its name beside its own options (decision D11). */
export type Choice = string | ({ readonly name: string } & Readonly<Record<string, unknown>>);

/** What a schema has to know of a strategy: its name, and the schema of its own options. */
export interface Named {
  readonly name: string;
  readonly description?: string;
  readonly options?: object;
}

/** One of these strategies; those that a user brings along extend the schema when a scenario is read. */
export const choice = (
  strategies: readonly Named[],
  options: { readonly default?: string; readonly description: string },
) => Type.Unsafe<Choice>(withStrategies({ enum: [] as const, ...options }, strategies));

/** One of these strategies, or none of them. */
export const choiceOrNull = (strategies: readonly Named[], description: string) =>
  Type.Unsafe<Choice | null>(
    withStrategies({ enum: [null] as const, default: null, description }, strategies),
  );

/**
 * A schema of a choice that takes more strategies, each in the place of one of its name. A strategy can be
 * named alone, unless an option of it has no default. Where one of them has options at all, the schema has a
 * branch for each, told apart by its constant name.
 */
export function withStrategies(node: SchemaNode, more: readonly Named[]): SchemaNode {
  const { enum: only, anyOf: [named, ...branches] = [], ...about } = node;
  const isOther = (name: unknown) => more.every((each) => each.name !== name);
  const before = (only ?? named?.enum ?? []).filter(isOther);
  const names = [...before, ...more.filter(standsAlone).map(({ name }) => name)];
  if (branches.length === 0 && more.every(({ options }) => !options)) return { ...about, enum: names };
  const older =
    branches.length > 0
      ? branches.filter(({ properties }) => isOther(properties?.['name']?.const))
      : before.filter((name) => typeof name === 'string').map((name) => branchOf({ name }));
  return { ...about, anyOf: [{ enum: names }, ...older, ...more.map(branchOf)] };
}

function branchOf({ name, description, options }: Named): SchemaNode {
  const { properties = {}, required: _, ...rest } = nodeOf(options);
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    ...(options ? rest : { additionalProperties: false }),
    properties: { name: { const: name }, ...properties },
    required: ['name', ...demanded(options)],
  };
}

function standsAlone({ options }: Named): boolean {
  return demanded(options).length === 0;
}

/** The options that have to be written. */
function demanded(options: object | undefined): readonly string[] {
  const { properties = {}, required = [] } = nodeOf(options);
  return required.filter((key) => properties[key]?.default === undefined);
}

const nodeOf = (options: object = {}) => JSON.parse(JSON.stringify(options)) as SchemaNode;
