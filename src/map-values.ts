/** A record of the same keys, each value changed. */
export function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  change: (value: A, key: string) => B,
): Record<string, B> {
  const changed: Record<string, B> = {};
  for (const key of Object.keys(record)) changed[key] = change(record[key]!, key);
  return changed;
}
