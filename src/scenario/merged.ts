export type Keyed = Readonly<Record<string, unknown>>;

/** Objects merged key by key; all else, lists too, is replaced, and so is a strategy with its options. */
export function mergedKeys(base: Keyed, over: Keyed): Keyed {
  const keys = Object.entries(over).map(([key, value]) => [key, merged(base[key], value)] as const);
  return { ...base, ...Object.fromEntries(keys) };
}

function merged(base: unknown, over: unknown): unknown {
  return isRecord(base) && isRecord(over) && !('name' in over) ? mergedKeys(base, over) : over;
}

export function isRecord(value: unknown): value is Keyed {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
