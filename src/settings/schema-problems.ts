import type { ErrorObject } from 'ajv';
import { branchMeant, misplacedKey, unknownName, type MisplacedKey } from './named-branches.js';
import { nearest } from './nearest.js';
import { pointerSegment, shown, type Problem } from './problem.js';
import { expectation, schemaKeys, type SchemaNode } from './schema-node.js';
import { inOtherUnit, numberMeant, scaled, unitWordsOf } from './units.js';

/**
 * What ajv found, for a user to read: one problem per place, in words from the schema.
 * Ajv has to run with `verbose` (errors carry the schema and the value) and `allErrors`.
 */
export function schemaProblems(errors: readonly ErrorObject[], root: SchemaNode): Problem[] {
  // What `propertyNames` reports besides what is wrong with the name itself.
  const telling = errors.filter(({ keyword }) => keyword !== 'propertyNames');
  const problems = withoutBranches(telling).map((error) => problemOf(unknownName(error) ?? error, root));
  const seen = new Set<string>();
  return problems.filter(({ pointer, is }) => {
    const place = `${pointer} ${is}`;
    return seen.has(place) ? false : seen.add(place);
  });
}

/**
 * Ajv reports each branch of a union. Where the value is an object or a list and a branch takes such, what is
 * wrong inside that branch tells more; anywhere else the union as a whole does.
 */
function withoutBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  return errors
    .filter(({ keyword }) => keyword === 'anyOf')
    .reduce<ErrorObject[]>(keepTellingBranch, [...errors]);
}

function keepTellingBranch(errors: ErrorObject[], union: ErrorObject): ErrorObject[] {
  const branches = union.schema as readonly SchemaNode[];
  const matching = branchMeant(union.data, branches);
  const branchPath = matching < 0 ? undefined : `${union.schemaPath}/${matching}/`;
  return errors.filter((error) => {
    if (error === union) return branchPath === undefined;
    if (!error.schemaPath.startsWith(`${union.schemaPath}/`)) return true;
    return branchPath !== undefined && error.schemaPath.startsWith(branchPath);
  });
}

function problemOf(error: ErrorObject, root: SchemaNode): Problem {
  const schema = error.parentSchema as SchemaNode;
  if (error.propertyName !== undefined) return unknownNameOf(error, error.propertyName);
  const params = error.params as { additionalProperty?: string; missingProperty?: string };
  if (params.additionalProperty !== undefined) return unknownKey(error, params.additionalProperty, root);
  if (params.missingProperty !== undefined) return missingKey(error, params.missingProperty);
  const key = error.instancePath.split('/').findLast((segment) => !/^\d*$/.test(segment)) ?? '';
  const advice = valueAdvice(error.data, schema, key);
  return {
    pointer: error.instancePath,
    is: `is ${shown(error.data)}`,
    expected: expectation(schema, unitWordsOf(key)) + describedAs(schema),
    ...(advice !== undefined && { advice }),
  };
}

/** A key that should be one of some names, which `propertyNames` lists. */
function unknownNameOf({ instancePath, parentSchema }: ErrorObject, name: string): Problem {
  const names = ((parentSchema as SchemaNode).enum ?? []).map(String);
  const [near] = nearest(name, names);
  return {
    pointer: `${instancePath}/${pointerSegment(name)}`,
    is: 'unknown key',
    expected: `one of ${names.join(', ')}`,
    ...(near !== undefined && { advice: `did you mean ${near}?` }),
  };
}

function describedAs({ pattern, description }: SchemaNode): string {
  return pattern !== undefined && description !== undefined ? ` (it ${description})` : '';
}

function valueAdvice(value: unknown, schema: SchemaNode, key: string): string | undefined {
  if (typeof value !== 'string') return undefined;
  const choices = [schema, ...(schema.anyOf ?? [])].flatMap((node) => [
    ...(node.enum ?? []),
    ...(node.const === undefined ? [] : [node.const]),
  ]);
  const words = choices.filter((one) => typeof one === 'string');
  const [choice] = nearest(value, words);
  if (choice !== undefined) return `did you mean ${JSON.stringify(choice)}?`;
  const takesNumbers = [schema, ...(schema.anyOf ?? [])].some(({ type }) =>
    /number|integer/.test(String(type ?? '')),
  );
  const number = takesNumbers ? numberMeant(value, key) : undefined;
  return number === undefined ? undefined : `write ${number}, without quotes or unit`;
}

function missingKey(error: ErrorObject, key: string): Problem {
  const schema = (error.parentSchema as SchemaNode).properties?.[key] ?? {};
  return {
    pointer: `${error.instancePath}/${pointerSegment(key)}`,
    is: 'is missing',
    expected: expectation(schema, unitWordsOf(key)) + describedAs(schema),
  };
}

function unknownKey(error: ErrorObject, key: string, root: SchemaNode): Problem {
  const pointer = `${error.instancePath}/${pointerSegment(key)}`;
  const value = (error.data as Record<string, unknown>)[key];
  const misplaced = misplacedKey(error, key, root);
  if (misplaced !== undefined) return inWrongBranch(pointer, value, key, misplaced);
  const siblings = Object.keys((error.parentSchema as SchemaNode).properties ?? {}).filter(
    (sibling) => sibling !== '$schema',
  );
  const advice = keyAdvice(key, value, siblings, root);
  return {
    pointer,
    is: 'unknown key',
    expected: `one of ${siblings.join(', ')}`,
    ...(advice !== undefined && { advice }),
  };
}

function inWrongBranch(pointer: string, value: unknown, key: string, place: MisplacedKey): Problem {
  const owners = place.owners.map((owner) => JSON.stringify(owner)).join(', ');
  return {
    pointer,
    is: `is ${shown(value)}`,
    expected: `no ${key} where ${place.key} is ${JSON.stringify(place.here)}`,
    advice: `it goes with ${owners}`,
  };
}

function keyAdvice(
  key: string,
  value: unknown,
  siblings: readonly string[],
  root: SchemaNode,
): string | undefined {
  const everywhere = schemaKeys(root);
  const allKeys = everywhere.map((known) => known.key);
  const converted = inOtherUnit(key, siblings) ?? inOtherUnit(key, allKeys);
  if (converted !== undefined) {
    const known = placesOf(converted.key, siblings, everywhere);
    const example = typeof value === 'number' ? `: ${scaled(value, converted.factor)}` : '';
    return `did you mean ${known}${example}?`;
  }
  const [sibling] = nearest(key, siblings);
  if (sibling !== undefined) return `did you mean ${sibling}?`;
  const [elsewhere] = nearest(key, allKeys);
  if (elsewhere === undefined) return undefined;
  return `did you mean ${placesOf(elsewhere, siblings, everywhere)}?`;
}

/** A key by its name if it belongs here, else by the pointers at which it does belong. */
function placesOf(
  key: string,
  siblings: readonly string[],
  everywhere: readonly { pointer: string; key: string }[],
): string {
  if (siblings.includes(key)) return key;
  const places = everywhere.filter((known) => known.key === key).map(({ pointer }) => pointer);
  return [...new Set(places)].join(' or ');
}
