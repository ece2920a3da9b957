import { mapValues } from '../map-values.js';
import type { SchemaNode } from '../settings/schema-node.js';

/** What is no longer than a reference to it would be, about, is repeated. */
const shortest = 120;

export const refersTo = (name: string) => ({ $ref: `#/definitions/${name}` });

/**
 * Definitions in which no part of a schema stands twice: what several of them hold becomes a definition of its own,
 * named by the place where it stands first, for example "channel.compression.anyOf.3".
 */
export function eachOnce(
  definitions: Readonly<Record<string, SchemaNode>>,
): Readonly<Record<string, object>> {
  const times = new Map<string, number>();
  const count = (node: SchemaNode) => {
    const text = JSON.stringify(node);
    times.set(text, (times.get(text) ?? 0) + 1);
    withParts(node, '', (part) => (count(part), part));
  };
  Object.values(definitions).forEach(count);

  const names = new Map<string, string>();
  const shared: Record<string, object> = {};
  const once = (node: SchemaNode, place: string): object => {
    const text = JSON.stringify(node);
    if (text.length < shortest || times.get(text) === 1) return withParts(node, place, once);
    const known = names.get(text);
    if (known !== undefined) return refersTo(known);
    names.set(text, place);
    shared[place] = withParts(node, place, once);
    return refersTo(place);
  };
  const wholes = mapValues(definitions, (node, path) => withParts(node, path, once));
  return { ...wholes, ...shared };
}

/** A schema with each of the schemas in it replaced. */
function withParts(
  node: SchemaNode,
  place: string,
  replaced: (part: SchemaNode, place: string) => object,
): object {
  const { properties, items, anyOf, additionalProperties } = node;
  return {
    ...node,
    ...(properties !== undefined && {
      properties: mapValues(properties, (part, key) => replaced(part, `${place}.${key}`)),
    }),
    ...(items !== undefined && { items: replaced(items, `${place}.items`) }),
    ...(anyOf !== undefined && { anyOf: anyOf.map((part, at) => replaced(part, `${place}.anyOf.${at}`)) }),
    ...(typeof additionalProperties === 'object' && {
      additionalProperties: replaced(additionalProperties, `${place}.each`),
    }),
  };
}
