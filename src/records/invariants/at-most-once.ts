import type { Message, Upload } from '../../../machines/events.js';
import { InvariantViolation, type AggregatedUpdate, type Checker } from './checker.js';

/** An update enters at most one aggregate, at most once, and only after it was delivered to the server. */
export function atMostOnceAggregation(): Checker {
  const delivered = new Set<string>();
  const aggregated = new Set<string>();

  return {
    onBus({ phase, envelope: { from, message } }) {
      if (phase === 'delivered' && isUpload(message)) delivered.add(nameOf({ from, ...message }));
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

function isUpload(message: Message): message is Upload {
  return 'rows' in message;
}

function nameOf({ from, kind, stage, round }: AggregatedUpdate): string {
  return `the ${kind} of ${from} in ${stage} round ${round}`;
}
