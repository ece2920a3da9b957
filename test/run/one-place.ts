import { placeOf as placeAmong, settingsText } from '../../src/reproduction/contenders.js';
import type { MethodName } from '../../src/strategies/methods/index.js';

/** What the tiny scenario needs besides for a method whose data are all in one place; nothing for any other. */
export function placeOf(name: MethodName): readonly string[] {
  return settingsText(placeAmong(name, 3));
}
