import { updateName } from '../../../machines/events.js';
import { violationsOf, type AggregatedUpdate, type Checker } from './checker.js';

/** An update enters at most one aggregate, at most once, and only after it, or a part of it, came to the server. */
export function atMostOnceAggregation(): Checker {
  const delivered = new Set<string>();
  const aggregated = new Set<string>();
  const fail = violationsOf('at-most-once aggregation');

  return {
    onBus(event) {
      const { from, message } = event.envelope;
      const hasCome =
        event.phase === 'delivered' || (event.phase === 'settled' && event.partial !== undefined);
      if (hasCome && message.direction === 'up') delivered.add(nameOf({ from, ...message }));
    },
    onAggregate(updates) {
      for (const name of updates.map(nameOf)) {
        if (!delivered.has(name)) fail(`${name} was aggregated, not delivered`);
        if (aggregated.has(name)) fail(`${name} was aggregated twice`);
        aggregated.add(name);
      }
    },
  };
}

function nameOf({ from, ...update }: Pick<AggregatedUpdate, 'from' | 'kind' | 'answers'>): string {
  return `${from}'s ${updateName(update)}`;
}
