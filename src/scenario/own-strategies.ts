import { placesOfSeams, seams, type Seam } from '../strategies/strategies.js';
import type { SchemaNode } from '../settings/schema-node.js';

/** What a schema has to know of a strategy: its name, and the schema of its own options. */
interface Named {
  readonly name: string;
  readonly options?: object;
}

/** Strategies that a scenario may name beside those of the tables. */
export type OwnNames = { readonly [S in Seam]?: readonly Named[] };

/** The scenario's schema in which a user's own strategies can be named beside those of the tables. */
export function withStrategies(schema: SchemaNode, own: OwnNames): SchemaNode {
  return seams.reduce(
    (node, seam) => (own[seam]?.length ? extended(node, placesOfSeams[seam], own[seam]) : node),
    schema,
  );
}

function extended(node: SchemaNode, path: readonly string[], own: readonly Named[]): SchemaNode {
  const [key, ...rest] = path;
  if (key === undefined) return choiceOf(node, own);
  const { properties = {} } = node;
  return { ...node, properties: { ...properties, [key]: extended(properties[key] ?? {}, rest, own) } };
}

/** A name of either kind, or the name of a strategy that has options, beside these. */
function choiceOf({ enum: names = [], ...node }: SchemaNode, own: readonly Named[]): SchemaNode {
  const all = [...names, ...own.map(({ name }) => name)];
  const withOptions = own.flatMap(({ name, options }) => {
    if (!options) return [];
    const { properties = {}, required = [], ...rest } = JSON.parse(JSON.stringify(options)) as SchemaNode;
    const demanded = required.filter((key) => properties[key]?.default === undefined);
    // Defaults are filled in where the strategy is made: ajv fills none in inside of `anyOf`.
    const own = Object.entries(properties).map(([key, { default: _, ...rest }]) => [key, rest] as const);
    const named = {
      properties: { name: { const: name }, ...Object.fromEntries(own) },
      required: ['name', ...demanded],
    };
    return [{ ...rest, ...named }];
  });
  if (withOptions.length === 0) return { ...node, enum: all };
  return { ...node, anyOf: [{ enum: all }, ...withOptions] };
}
