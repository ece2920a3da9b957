import { withStrategies, type Named } from '../settings/choice.js';
import type { SchemaNode } from '../settings/schema-node.js';
import { withSettingsOf } from './method-settings.js';
import { placesOfSeams, seams, type Seam } from '../strategies/strategies.js';

/** Strategies that a scenario may name beside those of the tables. */
export type OwnNames = { readonly [S in Seam]?: readonly Named[] };

/**
 * The scenario's schema in which a user's own strategies can be named beside those of the tables. One that is
 * called like one of a table takes its place: a run's records may be older than a strategy of the table.
 */
export function withOwnStrategies(schema: SchemaNode, own: OwnNames): SchemaNode {
  const named = seams.reduce(
    (node, seam) => (own[seam]?.length ? extended(node, placesOfSeams[seam], own[seam]) : node),
    schema,
  );
  return own.methods?.length ? withSettingsOf(own.methods, named) : named;
}

function extended(node: SchemaNode, path: readonly string[], own: readonly Named[]): SchemaNode {
  const [key, ...rest] = path;
  if (key === undefined) return withStrategies(node, own);
  const { properties = {} } = node;
  return { ...node, properties: { ...properties, [key]: extended(properties[key] ?? {}, rest, own) } };
}
