/**
 * Gives an object more values, which are made when they are first asked for, and then kept; to be asked while what they are
 * made from stands.
 */
export function lazily<Made extends object, T extends object>(
  made: Made,
  makers: { readonly [Key in keyof T]: () => T[Key] },
): Made & T {
  const lazy = made as Made & T;
  known.set(lazy, { makers, values: {} });
  for (const key of Object.keys(makers)) Object.defineProperty(lazy, key, propertyOf(key));
  return lazy;
}

interface Lazy {
  readonly makers: Readonly<Record<string, () => unknown>>;
  readonly values: Record<string, unknown>;
}

const known = new WeakMap<object, Lazy>();

/** One for all objects with a value of this name: V8 takes objects with accessors of their own for objects of different shapes. */
const properties = new Map<string, PropertyDescriptor>();

function propertyOf(key: string): PropertyDescriptor {
  const property = properties.get(key) ?? { enumerable: true, get: getterOf(key) };
  properties.set(key, property);
  return property;
}

function getterOf(key: string) {
  return function (this: object): unknown {
    const { makers, values } = known.get(this)!;
    if (!(key in values)) values[key] = makers[key]!();
    return values[key];
  };
}
