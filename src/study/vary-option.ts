import { UserError } from '../errors.js';
import { parseSetting } from '../scenario/set-option.js';
import { shown } from '../settings/problem.js';
import type { Vary } from './study.js';

/** The grid that options `--vary path=a,b` make. UserError where one is not of this form, or a path stands twice. */
export function gridFrom(dials: readonly string[]): NonNullable<Vary['grid']> {
  const grid: Record<string, readonly unknown[]> = {};
  for (const dial of dials) {
    const [path, values] = dialFrom(dial);
    if (Object.hasOwn(grid, path)) {
      throw new UserError(`--vary: varies ${path} twice, expected it once; write all values after one`);
    }
    grid[path] = values;
  }
  return grid;
}

function dialFrom(dial: string): readonly [path: string, values: readonly unknown[]] {
  const equals = dial.indexOf('=');
  const path = dial.slice(0, Math.max(equals, 0)).trim();
  const texts = splitAtCommas(dial.slice(equals + 1));
  if (equals < 1 || texts.includes('')) {
    throw new UserError(
      `--vary: is ${shown(dial)}, expected path=value,value, for example --vary channel.uplink.meanSnrDb=0,5,10`,
    );
  }
  return [path, texts.map((text) => parseSetting(`${path}=${text}`).value)];
}

/** Parts between the commas that stand in no list, object or string of JSON. */
export function splitAtCommas(text: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  let isQuoted = false;
  for (const [at, character] of [...text].entries()) {
    if (character === '"' && text[at - 1] !== '\\') isQuoted = !isQuoted;
    if (!isQuoted && '[{'.includes(character)) depth += 1;
    if (!isQuoted && ']}'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0 && !isQuoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}
