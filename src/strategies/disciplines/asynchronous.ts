import type { DisciplineStrategy } from './discipline.js';
import { complete, fillPlaces, nobodyWorks } from './places.js';
import { staleness } from './staleness.js';

const usualStaleness = Infinity;

/**
 * Each answer makes a version, and its client is sent it (Xie et al., "Asynchronous federated optimization",
 * arXiv 1903.03934; the mixing is the aggregation "fedasync"). Where more clients can work than the scenario
 * wants at a time, the selection says who is next.
 */
export const asynchronous: DisciplineStrategy = {
  name: 'asynchronous',
  description: 'each answer makes a version, which its client is sent',
  usualStaleness,
  atOnce: () => 1,
  make: (settings) => ({
    ...staleness(settings, usualStaleness),
    invite: fillPlaces,
    isDue: (roster) => complete(roster).length > 0 || nobodyWorks(roster),
    takes: (roster) => {
      const first = complete(roster).slice(0, 1);
      return first.length > 0 ? first : roster.atHand.map(({ client }) => client);
    },
    deadlineSeconds: ({ deadlineSeconds }) => deadlineSeconds,
  }),
};
