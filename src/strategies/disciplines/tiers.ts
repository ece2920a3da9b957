import Type from 'typebox';
import { discipline, type Roster } from './discipline.js';
import { complete, idle, nobodyWorks } from './places.js';
import { staleness } from './staleness.js';

const usualStaleness = Infinity;

/**
 * Tiers of clients by speed, each synchronous in itself and asynchronous to the others: a version is made when
 * a tier has answered, of its updates, and is sent to it (Chai et al., FedAT, SC 2021; the weights across tiers
 * are the aggregation "fedat"). A tier is a share of the clients in the order of their last measured seconds
 * from order to answer; the first version of a stage measures them, and waits for all.
 */
export const tiers = discipline({
  name: 'tiers',
  description: 'tiers by speed, each with rounds of its own',
  usualStaleness,
  options: Type.Object({
    tiers: Type.Integer({ minimum: 1, default: 5, description: 'how many: M' }),
  }),
  hasTiers: true,
  atOnce: ({ tiers: count }, cohort) => Math.floor(cohort / count),
  make: ({ tiers: count, ...settings }) => {
    const tierOf = (client: string, { clients, answerSeconds }: Roster) => {
      const secondsOf = (each: string) => answerSeconds[each] ?? Infinity;
      const rank = clients.filter((other) => isBefore(secondsOf, other, client)).length;
      return 1 + Math.floor((rank * count) / clients.length);
    };
    /** Whose answers are at hand of tiers that have answered in full. */
    const ready = (roster: Roster) => {
      if (roster.version === 0 && !nobodyWorks(roster)) return [];
      const tier = (client: string) => tierOf(client, roster);
      const awaited = new Set(Object.keys(roster.working).map(tier));
      return complete(roster).filter((client) => !awaited.has(tier(client)));
    };
    return {
      ...staleness(settings, usualStaleness),
      tierOf,
      invite: (roster) => idle(roster),
      isDue: (roster) => ready(roster).length > 0 || nobodyWorks(roster),
      takes: (roster) => {
        const clients = ready(roster);
        return clients.length > 0 ? clients : roster.atHand.map(({ client }) => client);
      },
      deadlineSeconds: ({ deadlineSeconds }) => deadlineSeconds,
    };
  },
});

/** Faster; of equals, the one that is named first. */
function isBefore(secondsOf: (client: string) => number, one: string, other: string): boolean {
  const [a, b] = [secondsOf(one), secondsOf(other)];
  return a < b || (a === b && one < other);
}
