import { mapValues } from '../map-values.js';
import { ScenarioSchema } from './schema.js';
import type { SchemaNode } from '../settings/schema-node.js';

/**
 * The text of scenarios/scenario.schema.json, from which editors complete and check. It is the schema that a
 * run checks with, but what has a default need not be written.
 */
export function schemaFileText(): string {
  const schema = JSON.parse(JSON.stringify(ScenarioSchema)) as SchemaNode;
  const draft = { $schema: 'http://json-schema.org/draft-07/schema#' };
  return `${JSON.stringify({ ...draft, ...withOptionalDefaults(schema) }, null, 2)}\n`;
}

/** The schema, in which what has a default need not be written. */
export function withOptionalDefaults(node: SchemaNode): SchemaNode {
  const { properties, required, items, anyOf, ...rest } = node;
  const demanded = required?.filter((key) => properties?.[key]?.default === undefined) ?? [];
  return {
    ...rest,
    ...(demanded.length > 0 && { required: demanded }),
    ...(properties !== undefined && { properties: mapValues(properties, withOptionalDefaults) }),
    ...(items !== undefined && { items: withOptionalDefaults(items) }),
    ...(anyOf !== undefined && { anyOf: anyOf.map(withOptionalDefaults) }),
  };
}
