/**
 * What a chart calls the guards and actions of a machine: their names, with the parameters that are fixed,
 * "send(1.4)". Code that stands in the machine without a name has none here either.
 */

interface Parts {
  readonly type?: unknown;
  readonly params?: unknown;
  readonly name?: unknown;
  readonly guards?: unknown;
}

export function actionName(action: unknown): string {
  return nameOf(action, 'inline action');
}

export function guardName(guard: unknown): string {
  const { guards } = partsOf(guard);
  if (!Array.isArray(guards)) return nameOf(guard, 'inline guard');
  const names = guards.map(guardName);
  const joint = nameOf(guard, '');
  return joint === 'not' ? `not ${names.join()}` : names.join(` ${joint} `);
}

function nameOf(named: unknown, inline: string): string {
  if (typeof named === 'string') return named;
  const { type, params, name } = partsOf(named);
  // XState's own, as `assign` and `and`, are functions with a type of its.
  if (typeof type === 'string') return type.replace(/^xstate\./, '') + fixed(params);
  return typeof name === 'string' && name !== '' ? name : inline;
}

function partsOf(named: unknown): Parts {
  return typeof named === 'function' || (typeof named === 'object' && named !== null) ? named : {};
}

/** Parameters that are values; those that a function makes are known to the running machine alone. */
function fixed(params: unknown): string {
  if (typeof params !== 'object' || params === null) return '';
  const values = Object.values(params).map((value) =>
    typeof value === 'string' ? value : JSON.stringify(value),
  );
  return values.length === 0 ? '' : `(${values.join(', ')})`;
}
