import { isRecord } from '../scenario/merged.js';
import { readWritten } from '../scenario/read.js';
import type { MethodName } from '../strategies/methods/index.js';
import { referenceMethod } from './paper-figures.js';

/** The methods for which a scenario file has no `methodSettings`: they run at the rates that it has for PWFF. */
export async function withoutOwnRates(
  path: string,
  names: readonly MethodName[],
): Promise<readonly MethodName[]> {
  const { value } = await readWritten(path);
  const own = isRecord(value) && isRecord(value['methodSettings']) ? value['methodSettings'] : {};
  return names.filter((name) => name !== referenceMethod && !Object.hasOwn(own, name));
}
