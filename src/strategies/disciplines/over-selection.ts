import Type from 'typebox';
import { discipline } from './discipline.js';
import { allSettled, complete } from './places.js';
import { staleness } from './staleness.js';

const usualStaleness = 0;

/**
 * Rounds that do not wait for the slowest: more clients are asked than are needed, and the first answers close
 * the round (Bonawitz et al., "Towards federated learning at scale: system design", MLSys 2019, ask 1.3 times
 * as many).
 */
export const overSelection = discipline({
  name: 'over-selection',
  description: 'rounds that more clients are asked for than are waited for',
  usualStaleness,
  options: Type.Object({
    factor: Type.Number({
      minimum: 1,
      default: 1.3,
      description:
        'clients asked, as a multiple of those whose answers close the round; at most all are asked',
    }),
  }),
  make: ({ factor, ...settings }) => ({
    ...staleness(settings, usualStaleness),
    invite: ({ clients, cohortSize }, select) =>
      select(clients, Math.min(clients.length, Math.ceil(factor * cohortSize - 1e-9))),
    isDue: (roster) => complete(roster).length >= roster.cohortSize || allSettled(roster),
    deadlineSeconds: ({ deadlineSeconds }) => deadlineSeconds,
  }),
});
