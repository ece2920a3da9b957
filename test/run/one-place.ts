import { methods, type MethodName } from '../../src/strategies/methods/index.js';
import type { Method } from '../../src/strategies/methods/method.js';

/** What the tiny scenario needs besides for a method whose data are all in one place; nothing for any other. */
export function placeOf(name: MethodName): readonly string[] {
  const method: Method = methods[name];
  if (!method.isCentralised) return [];
  return ['clients.count=1', 'clients.weightHarmless=[0.5]', 'server.quorum=1', 'data.pooledFrom=3'];
}
