/** How much of a value an inspector is shown. */
const limits = { depth: 6, entries: 30, characters: 200 };

type Keyed = Readonly<Record<string, unknown>>;

/**
 * A value as plain JSON of bounded size: handles of parameters as their kind and the beginning of their hash, arrays
 * of numbers as their length, actors as their name; long lists, long texts and what lies deep are cut, which
 * shows.
 */
export function bounded(value: unknown, depth = limits.depth): unknown {
  switch (typeof value) {
    case 'string':
      return value.length > limits.characters ? `${value.slice(0, limits.characters)}…` : value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
    case 'undefined':
      return value;
    case 'object':
      return value === null ? null : boundedObject(value, depth);
    case 'function':
    case 'bigint':
    case 'symbol':
      return `(${typeof value})`;
  }
}

function boundedObject(value: object, depth: number): unknown {
  if (ArrayBuffer.isView(value)) return `(${value.constructor.name} of ${value.byteLength} bytes)`;
  if (value instanceof Error) return { message: bounded(value.message) };
  const handle = textOfHandle(value as Keyed);
  if (handle !== null) return handle;
  if (depth === 0) return '…';
  return Array.isArray(value) ? boundedList(value, depth - 1) : boundedKeys(value as Keyed, depth - 1);
}

/** Handles of parameters (src/learning/params/param-set.ts) and references to actors. */
function textOfHandle(value: Keyed): string | null {
  const { hash, kind, parameters, sessionId, send } = value;
  if (typeof hash === 'string' && typeof kind === 'string' && typeof parameters === 'number') {
    return `${kind} ${hash.slice(0, 8)}`;
  }
  if (typeof sessionId !== 'string' || typeof send !== 'function') return null;
  return `actor ${String(value['systemId'] ?? value['id'])}`;
}

function boundedList(list: readonly unknown[], depth: number): unknown[] {
  const shown = list.slice(0, limits.entries).map((each) => bounded(each, depth));
  return list.length > shown.length ? [...shown, `… ${list.length - shown.length} more`] : shown;
}

function boundedKeys(value: Keyed, depth: number): Keyed {
  const entries = Object.entries(value);
  const shown = entries.slice(0, limits.entries).map(([key, each]) => [key, bounded(each, depth)] as const);
  const left = entries.length - shown.length;
  return Object.fromEntries(left > 0 ? [...shown, ['…', `${left} more`] as const] : shown);
}
