import Type from 'typebox';
import { discipline, type Roster } from './discipline.js';
import { complete, idle, nobodyWorks } from './places.js';
import { staleness } from './staleness.js';

const usualStaleness = 3;

/**
 * SAFA (Wu et al., IEEE Transactions on Computers 70(5), 2021, arXiv 1910.01355): all clients train all the
 * time; a round closes with the first answers of a quota of them, those first who were not picked the last
 * time. Whoever lags more versions than the bound is reset and told to download; the tolerated go on. Answers
 * beyond the quota enter the next version, behind the aggregation's cache as the paper has it (the aggregation
 * "safa").
 */
export const semiAsynchronous = discipline({
  name: 'semi-asynchronous',
  description: 'a quota of answers closes a round; who lags too far starts anew',
  usualStaleness,
  options: Type.Object({
    quota: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.5,
      description: 'share of the clients whose answers close a round, rounded up: C',
    }),
  }),
  atOnce: ({ quota }, cohort) => Math.ceil(quota * cohort - 1e-9),
  make: ({ quota, late, ...settings }) => {
    const quotaOf = ({ clients }: Roster) => Math.ceil(quota * clients.length - 1e-9);
    return {
      ...staleness({ ...settings, late: late === 'discard' ? 'reset' : late }, usualStaleness),
      invite: (roster) => idle(roster),
      isDue: (roster) => undrafted(roster).fresh.length >= quotaOf(roster) || nobodyWorks(roster),
      takes: (roster) => {
        const { left, fresh } = undrafted(roster);
        const wasPicked = (client: string) => roster.aggregated.includes(client);
        const inTurn = [...fresh.filter((client) => !wasPicked(client)), ...fresh.filter(wasPicked)];
        return [...left, ...inTurn.slice(0, quotaOf(roster))];
      },
      deadlineSeconds: ({ deadlineSeconds }) => deadlineSeconds,
    };
  },
});

/** Clients whose whole answer is at hand: since before the version opened, or since then. */
function undrafted(roster: Roster) {
  const isLeft = (client: string) => roster.left.includes(client);
  const all = complete(roster);
  return { left: all.filter(isLeft), fresh: all.filter((client) => !isLeft(client)) };
}
