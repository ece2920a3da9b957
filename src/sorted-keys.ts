/** A JSON value with the keys of every object in alphabetical order, so that equal values give equal text. */
export function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const from = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.keys(from)
      .sort()
      .map((key) => [key, sortedKeys(from[key])]),
  );
}
