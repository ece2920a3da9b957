import { isDeepStrictEqual } from 'node:util';

/** A JSON schema: what it says of the values that an object has by default. */
type Form = object & { readonly properties?: Readonly<Record<string, object>>; readonly default?: unknown };

/**
 * A value of a form without what it has by default, at any depth: it stays the same when the form gets settings more.
 */
export function withoutDefaults(form: Form, value: unknown): unknown {
  const { properties } = form;
  if (!properties || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value).flatMap(([key, own]) => {
    const inner: Form = properties[key] ?? {};
    if (isDeepStrictEqual(own, inner.default)) return [];
    const rest = withoutDefaults(inner, own);
    return inner.properties && isEmpty(rest) ? [] : [[key, rest] as const];
  });
  return Object.fromEntries(kept);
}

const isEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
