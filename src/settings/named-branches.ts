import type { ErrorObject } from 'ajv';
import { segmentKey } from './problem.js';
import type { SchemaNode } from './schema-node.js';

/*
 * Unions of objects that are told apart by a constant: a strategy with its own options by its `name`, a fault by
 * its `effect`. Others are told apart by whether they take an object, a list or neither, and objects among
 * them by their keys.
 */

/** Index of the branch of a union that a value was meant for; -1: none in particular. */
export function branchMeant(value: unknown, branches: readonly SchemaNode[]): number {
  const structure = structureOf(value);
  // A name that does not stand alone: its options have to be written.
  if (value !== undefined && branches.some((branch) => constantOf(branch, 'name') === value)) return -1;
  const key = tellingKey(branches);
  if (structure !== 'object' || key === undefined) {
    const fits = branches.map(({ type }) => type === structure);
    const knowing = branches.findIndex((branch, index) => fits[index] && hasKeyOf(branch, value));
    return knowing >= 0 ? knowing : fits.indexOf(true);
  }
  const name = valueAt(value, key);
  return name === undefined ? -1 : branches.findIndex((branch) => constantOf(branch, key) === name);
}

/** Of an object that is called like no branch of its union: the error of its name. Undefined for any other. */
export function unknownName(union: ErrorObject): ErrorObject | undefined {
  if (union.keyword !== 'anyOf') return undefined;
  const branches = union.schema as readonly SchemaNode[];
  const key = tellingKey(branches);
  if (key === undefined || structureOf(union.data) !== 'object') return undefined;
  const names: readonly unknown[] = constantsOf(branches, key);
  const name = valueAt(union.data, key);
  if (names.includes(name)) return undefined;
  if (name === undefined) {
    const parentSchema = { properties: { [key]: { enum: names } } };
    return { ...union, params: { missingProperty: key }, parentSchema };
  }
  return {
    ...union,
    instancePath: `${union.instancePath}/${key}`,
    data: name,
    parentSchema: { enum: names },
  };
}

/** A key that stands in a branch of a union, and belongs into others. */
export interface MisplacedKey {
  /** The key that tells the branches apart. */
  readonly key: string;
  readonly here: unknown;
  /** The constants of the branches that it belongs into. */
  readonly owners: readonly unknown[];
}

/** Undefined where `key` is unknown all over the union, or there is no union. */
export function misplacedKey(error: ErrorObject, key: string, root: SchemaNode): MisplacedKey | undefined {
  const branches = branchesAround(error.schemaPath, root);
  const telling = tellingKey(branches);
  if (telling === undefined) return undefined;
  const owners = constantsOf(
    branches.filter(({ properties }) => properties?.[key] !== undefined),
    telling,
  );
  const here = constantOf(error.parentSchema as SchemaNode, telling);
  return owners.length === 0 ? undefined : { key: telling, here, owners };
}

/** The branches beside the one that has the keyword at this path, `#/…/anyOf/2/additionalProperties`. */
function branchesAround(schemaPath: string, root: SchemaNode): readonly SchemaNode[] {
  const path = schemaPath.split('/').slice(1, -1).map(segmentKey);
  if (path.at(-2) !== 'anyOf') return [];
  const branches = path.slice(0, -1).reduce<unknown>(valueAt, root);
  return branches as readonly SchemaNode[];
}

function tellingKey(branches: readonly SchemaNode[]): string | undefined {
  const properties = branches.flatMap((branch) => Object.entries(branch.properties ?? {}));
  return properties.find(([, node]) => node.const !== undefined)?.[0];
}

function hasKeyOf({ properties = {} }: SchemaNode, value: unknown): boolean {
  return Object.keys(value as object).some((key) => key in properties);
}

function constantsOf(branches: readonly SchemaNode[], key: string): readonly unknown[] {
  return branches.map((branch) => constantOf(branch, key)).filter((name) => name !== undefined);
}

function constantOf({ properties }: SchemaNode, key: string): unknown {
  return properties?.[key]?.const;
}

function valueAt(value: unknown, key: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[key];
}

function structureOf(value: unknown): 'object' | 'array' | undefined {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'object' && value !== null ? 'object' : undefined;
}
