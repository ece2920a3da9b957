import { updateName } from '../../../machines/events.js';
import { violationsOf, type Checker } from './checker.js';

const fail = violationsOf('copies');

/**
 * Copies change nothing: the server heeds an update once, whether it counts it or leaves it out, and only after it, or
 * a part of it, has come. (That a client heeds no copy of a download, the checker of versions holds.)
 */
export function copies(): Checker {
  const arrived = new Set<string>();
  const heeded = new Set<string>();
  return {
    onBus(event) {
      const { from, message } = event.envelope;
      const isPart = event.phase === 'settled' && event.partial !== undefined;
      const hasCome = event.phase === 'delivered' || isPart;
      if (hasCome && message.direction === 'up') arrived.add(`${from}'s ${updateName(message)}`);
    },
    onState(event) {
      if (event.type !== 'heeded') return;
      const name = `${event.from}'s ${updateName(event)}`;
      if (!arrived.has(name)) fail(`the server heeded ${name}, which has not come`);
      if (heeded.has(name)) fail(`the server heeded ${name} twice`);
      heeded.add(name);
    },
  };
}
