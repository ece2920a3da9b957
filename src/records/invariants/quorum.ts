import { violationsOf, type Checker } from './checker.js';

const fail = violationsOf('quorum');

/** Updates of a kind enter an aggregate only where at least `quorum` clients have sent one; else what it carries stays. */
export function quorum(least: number): Checker {
  return {
    onAggregate(updates) {
      for (const kind of new Set(updates.map((update) => update.kind))) {
        const clients = new Set(updates.flatMap((update) => (update.kind === kind ? [update.from] : [])));
        if (clients.size < least) fail(`an aggregate has ${kind}s of ${clients.size} clients, of ${least}`);
      }
    },
  };
}
