import { UserError } from '../src/errors.js';
import { methods } from '../src/strategies/methods/index.js';
import type { Method } from '../src/strategies/methods/method.js';

/*
 * What the command of a study says, taken apart. Each throws a UserError where it is not as expected.
 */

/** Methods by name, in the order of the table; all of them where nothing is said. */
export function methodsFrom(text: string): readonly Method[] {
  const names = text === '' ? Object.keys(methods) : text.split(',');
  const unknown = names.find((name) => !Object.hasOwn(methods, name));
  if (unknown === undefined) return Object.values(methods).filter(({ name }) => names.includes(name));
  throw new UserError(`--only ${text}: has ${unknown}, expected some of ${Object.keys(methods).join(',')}`);
}

export function positivesFrom(option: string, text: string): readonly number[] {
  const numbers = text.split(',').map(Number);
  if (numbers.every((one) => Number.isFinite(one) && one > 0)) return [...numbers].sort((a, b) => a - b);
  throw new UserError(`--${option} ${text}: expected numbers above 0, as in --${option} 0.25,1`);
}

/**
 * The settings that a sweep makes, one list of `path=value` for each of its points: all combinations of the values
 * of each `path=value,value`. A single point without any where nothing is swept.
 */
export function pointsFrom(dials: readonly string[]): readonly (readonly string[])[] {
  return dials
    .map(valuesOf)
    .reduce<string[][]>(
      (points, settings) => points.flatMap((point) => settings.map((setting) => [...point, setting])),
      [[]],
    );
}

function valuesOf(dial: string): readonly string[] {
  const equals = dial.indexOf('=');
  if (equals < 1) throw new UserError(`--dial ${dial}: expected path=value,value`);
  const path = dial.slice(0, equals);
  return listed(dial.slice(equals + 1)).map((value) => `${path}=${value}`);
}

/** Values between commas: JSON, whose own lists may hold commas too, or words. */
function listed(text: string): readonly string[] {
  try {
    return (JSON.parse(`[${text}]`) as unknown[]).map((value) => JSON.stringify(value));
  } catch {
    return text.split(',');
  }
}
