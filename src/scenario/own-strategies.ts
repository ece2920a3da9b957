import { withStrategies, type Named } from '../settings/choice.js';
import type { SchemaNode } from '../settings/schema-node.js';
import { withSettingsOf } from './method-settings.js';
import { eachName, placesOfSeams, seams, type Place, type Seam } from '../strategies/strategies.js';

/** Strategies that a scenario may name beside those of the tables. */
export type OwnNames = { readonly [S in Seam]?: readonly Named[] };

/**
 * The scenario's schema in which a user's own strategies can be named beside those of the tables. One that is
 * called like one of a table takes its place: a run's records may be older than a strategy of the table.
 */
export function withOwnStrategies(schema: SchemaNode, own: OwnNames): SchemaNode {
  const named = seams.reduce(
    (node, seam) =>
      placesOfSeams[seam].reduce(
        (inner, place) => (own[seam]?.length ? extended(inner, place, own[seam]) : inner),
        node,
      ),
    schema,
  );
  return own.methods?.length ? withSettingsOf(own.methods, named) : named;
}

function extended(node: SchemaNode, path: Place, own: readonly Named[]): SchemaNode {
  const [key, ...rest] = path;
  if (key === undefined) return withStrategies(node, own);
  if (key === eachName) {
    return { ...node, additionalProperties: extended(node.additionalProperties as SchemaNode, rest, own) };
  }
  const { properties = {} } = node;
  return { ...node, properties: { ...properties, [key]: extended(properties[key] ?? {}, rest, own) } };
}
