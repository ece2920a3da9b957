import type { ErrorObject } from 'ajv';
import type { SchemaNode } from './schema-node.js';

/*
 * Unions of objects that are told apart by a constant `name`, as a strategy with its own options is. Others are
 * told apart by whether they take an object, a list or neither.
 */

/** Index of the branch of a union that a value was meant for; -1: none in particular. */
export function branchMeant(value: unknown, branches: readonly SchemaNode[]): number {
  const structure = structureOf(value);
  const names = branches.map(constantName);
  if (structure !== 'object' || names.every((name) => name === undefined)) {
    return branches.findIndex(({ type }) => type === structure);
  }
  const name = nameIn(value);
  return name === undefined ? -1 : names.indexOf(name);
}

/** Of an object that is called like no branch of its union: the error of its name. Undefined for any other. */
export function unknownName(union: ErrorObject): ErrorObject | undefined {
  if (union.keyword !== 'anyOf') return undefined;
  const branches = union.schema as readonly SchemaNode[];
  const names: readonly unknown[] = branches.map(constantName).filter((name) => name !== undefined);
  if (names.length === 0 || structureOf(union.data) !== 'object') return undefined;
  const name = nameIn(union.data);
  if (names.includes(name)) return undefined;
  if (name === undefined) {
    const parentSchema = { properties: { name: { enum: names } } };
    return { ...union, params: { missingProperty: 'name' }, parentSchema };
  }
  return { ...union, instancePath: `${union.instancePath}/name`, data: name, parentSchema: { enum: names } };
}

function constantName({ properties }: SchemaNode): unknown {
  return properties?.['name']?.const;
}

function nameIn(value: unknown): unknown {
  return (value as { readonly name?: unknown }).name;
}

function structureOf(value: unknown): 'object' | 'array' | undefined {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'object' && value !== null ? 'object' : undefined;
}
