/**
 * Gives an object more values, which are made when they are first asked for, and then kept; to be asked while what they are
 * made from stands.
 */
export function lazily<Made extends object, T extends object>(
  made: Made,
  makers: { readonly [Key in keyof T]: () => T[Key] },
): Made & T {
  for (const key of Object.keys(makers) as (keyof T & string)[]) {
    Object.defineProperty(made, key, {
      enumerable: true,
      configurable: true,
      get: () => {
        const value = makers[key]();
        Object.defineProperty(made, key, { value, enumerable: true });
        return value;
      },
    });
  }
  return made as Made & T;
}
