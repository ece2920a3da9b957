import { UserError } from '../errors.js';
import { pointerSegment, shown } from '../settings/problem.js';
import { misheldInJson, misheldWords } from './written-numbers.js';

/** One `--set path=value`, taken apart. */
export interface Setting {
  readonly path: readonly string[];
  readonly pointer: string;
  readonly value: unknown;
}

/**
 * Takes `channel.uplink.meanSnrDb=3` apart; a value that is not JSON is a string. UserError where it is no
 * setting, or a number in it cannot be held.
 */
export function parseSetting(text: string): Setting {
  const equals = text.indexOf('=');
  const path = text.slice(0, Math.max(equals, 0)).trim().split('.');
  if (equals < 0 || path.includes('') || path.includes('__proto__')) {
    throw new UserError(`--set ${text}: expected path=value, for example --set clients.count=4`);
  }
  return {
    path,
    pointer: path.map((key) => `/${pointerSegment(key)}`).join(''),
    value: parsedOrText(text.slice(equals + 1), text),
  };
}

function parsedOrText(text: string, setting: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  const [misheld] = misheldInJson(text);
  if (misheld) throw new UserError(`--set ${setting}: ${misheldWords(misheld)}`);
  return value;
}

/** A copy of `document` with the setting made; objects on the way are made where they are missing. */
export function withSetting(document: unknown, { path, value }: Setting): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const fresh = document === undefined || document === null;
  if (!fresh && typeof document !== 'object') {
    throw new UserError(
      `--set …${path.join('.')}: is set inside ${shown(document)}, expected an object there`,
    );
  }
  const copy: object = Array.isArray(document) ? [...(document as unknown[])] : { ...document };
  const inner = (copy as Record<string, unknown>)[key];
  return Object.assign(copy, { [key]: withSetting(inner, { path: rest, pointer: '', value }) });
}
