type NodeType = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';

/** The parts of JSON Schema that the scenario's schema is made of, for walking through it. */
export interface SchemaNode {
  /** A list: any of these. */
  readonly type?: NodeType | readonly NodeType[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  /** A schema: of the values of an object whose keys are names, as `propertyNames` says. */
  readonly additionalProperties?: boolean | SchemaNode;
  readonly propertyNames?: SchemaNode;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
}

/**
 * Every key of a schema with the pointer it stands at; keys inside lists have no pointer and are left out.
 */
export function schemaKeys(node: SchemaNode, pointer = ''): { pointer: string; key: string }[] {
  const below = Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const here = `${pointer}/${key}`;
    return [{ pointer: here, key }, ...schemaKeys(child, here)];
  });
  return [...below, ...(node.anyOf ?? []).flatMap((branch) => schemaKeys(branch, pointer))];
}

/** In words, what values a schema takes; `unit` follows a number, for example "seconds". */
export function expectation(node: SchemaNode, unit?: string): string {
  if (node.anyOf !== undefined) {
    return [...new Set(node.anyOf.map((branch) => expectation(branch, unit)))].join(' or ');
  }
  if (node.enum !== undefined) return `one of ${node.enum.map((value) => JSON.stringify(value)).join(', ')}`;
  if (node.const !== undefined) return JSON.stringify(node.const);
  const { type = 'object' } = node;
  if (typeof type !== 'string')
    return type.map((one) => expectation({ ...node, type: one }, unit)).join(' or ');
  switch (type) {
    case 'integer':
    case 'number':
      return `${type === 'integer' ? 'an integer' : 'a number'}${unit ? ` of ${unit}` : ''}${range(node)}`;
    case 'string':
      return node.pattern === undefined ? 'a string' : `a string that matches ${node.pattern}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return listWords(node);
    case 'null':
      return 'null';
    case 'object':
      return objectWords(node);
  }
}

function range({ minimum, exclusiveMinimum, maximum }: SchemaNode): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  const bounds: string[] = [];
  if (minimum !== undefined) bounds.push(`of at least ${minimum}`);
  if (exclusiveMinimum !== undefined) bounds.push(`above ${exclusiveMinimum}`);
  if (maximum !== undefined) bounds.push(`of at most ${maximum}`);
  return bounds.length === 0 ? '' : ` ${bounds.join(' and ')}`;
}

/** An object of a single key by that key. */
function objectWords({ properties = {} }: SchemaNode): string {
  const [key, ...others] = Object.keys(properties);
  return key === undefined || others.length > 0 ? 'an object' : `{ ${JSON.stringify(key)}: … }`;
}

function listWords({ items, minItems, uniqueItems }: SchemaNode): string {
  const size = minItems === undefined ? '' : ` of ${minItems} or more`;
  const each = items === undefined ? '' : `, each ${expectation(items)}`;
  return `a list${size}${uniqueItems === true ? ' different values' : ''}${each}`;
}
