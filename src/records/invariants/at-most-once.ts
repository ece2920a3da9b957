import { mapValues } from '../../map-values.js';
import { updateName } from '../../../machines/events.js';
import { violationsOf, type AggregatedUpdate, type Checker } from './checker.js';

/**
 * An update enters at most one aggregate, at most once, and only after it, or a part of it, came to the server; what
 * came whole enters as it was sent.
 */
export function atMostOnceAggregation(): Checker {
  /** What has come, as it was sent; null: in part. */
  const delivered = new Map<string, string | null>();
  const aggregated = new Set<string>();
  const fail = violationsOf('at-most-once aggregation');

  return {
    onBus(event) {
      const { from, message } = event.envelope;
      const isPartial = event.phase === 'settled' && event.partial !== undefined;
      if (message.direction === 'down' || !(event.phase === 'delivered' || isPartial)) return;
      const sent = mapValues(message.params, ({ hash }) => hash);
      delivered.set(nameOf({ from, ...message }), isPartial ? null : JSON.stringify(sent));
    },
    onAggregate(updates) {
      for (const update of updates) {
        const name = nameOf(update);
        const sent = delivered.get(name);
        if (sent === undefined) fail(`${name} was aggregated, not delivered`);
        if (aggregated.has(name)) fail(`${name} was aggregated twice`);
        if (sent !== null && sent !== JSON.stringify(update.params))
          fail(`${name} was aggregated, changed on its way`);
        aggregated.add(name);
      }
    },
  };
}

function nameOf({ from, ...update }: Pick<AggregatedUpdate, 'from' | 'kind' | 'answers'>): string {
  return `${from}'s ${updateName(update)}`;
}
