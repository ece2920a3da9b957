import { updateName } from '../../../machines/events.js';
import { InvariantViolation, type AggregatedUpdate, type Checker } from './checker.js';

/** An update enters at most one aggregate, at most once, and only after it was delivered to the server. */
export function atMostOnceAggregation(): Checker {
  const delivered = new Set<string>();
  const aggregated = new Set<string>();

  return {
    onBus({ phase, envelope: { from, message } }) {
      if (phase === 'delivered' && message.direction === 'up') delivered.add(nameOf({ from, ...message }));
    },
    onAggregate(updates) {
      for (const name of updates.map(nameOf)) {
        if (!delivered.has(name)) {
          throw new InvariantViolation('at-most-once aggregation', `${name} was aggregated, not delivered`);
        }
        if (aggregated.has(name)) {
          throw new InvariantViolation('at-most-once aggregation', `${name} was aggregated twice`);
        }
        aggregated.add(name);
      }
    },
  };
}

function nameOf({ from, ...update }: AggregatedUpdate): string {
  return `${from}'s ${updateName(update)}`;
}
