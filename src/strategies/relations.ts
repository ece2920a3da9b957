import type { Choice } from '../settings/choice.js';
import { shown } from '../settings/problem.js';
import { must, type Rule } from '../settings/rule.js';
import type { AggregationStrategy } from './aggregation/aggregation.js';
import { aggregations } from './aggregation/index.js';
import type { DisciplineStrategy } from './disciplines/discipline.js';
import { disciplines } from './disciplines/index.js';
import { cohortSize } from './selection/selection.js';
import type { Server } from './settings.js';
import { named, nameOf, optionsOf } from './strategy.js';

interface Rounds {
  readonly server: Server;
  readonly clients: { readonly count: number };
}

/** What the rules read of a caller's own strategies. */
interface Around {
  readonly own?: {
    readonly aggregations?: readonly AggregationStrategy[];
    readonly disciplines?: readonly DisciplineStrategy[];
  };
}

export const serverRules: readonly Rule<Rounds, Around>[] = [
  {
    states: 'the quorum can be met by the clients of a round',
    findings: (rounds) => {
      const { count } = rounds.clients;
      const cohort = sizeOfCohort(rounds);
      const { quorum, selection, selectionFraction } = rounds.server;
      if (quorum > count) {
        return must(false, '/server/quorum', quorum, `at most ${count}, the number of clients`);
      }
      const expected =
        `at most ${cohort}, the number of clients that selection ${JSON.stringify(selection)} with ` +
        `selectionFraction ${selectionFraction} takes`;
      return must(quorum <= cohort, '/server/quorum', quorum, expected);
    },
  },
  {
    states: 'a share of the clients is named only where one is drawn',
    findings: ({ server: { selection, selectionFraction } }) =>
      must(
        selection !== 'all' || selectionFraction === 1,
        '/server/selectionFraction',
        selectionFraction,
        '1 where selection is "all"',
        'set /server/selection to "random" to draw a share of the clients',
      ),
  },
  {
    states: 'an aggregation gets as many updates as it needs',
    findings: (rounds, { own }) => {
      const { aggregation, quorum } = rounds.server;
      const strategy = found(aggregations, own?.aggregations, aggregation);
      const least = strategy.atLeast?.(optionsOf(strategy, aggregation)) ?? 1;
      const cohort = sizeOfCohort(rounds);
      if (least > cohort) {
        const expected = `one that the ${cohort} clients of a round suffice for; this one needs ${least} updates`;
        return must(false, '/server/aggregation', aggregation, expected);
      }
      const expected = `at least ${least} where /server/aggregation is ${shown(aggregation)}`;
      return must(quorum >= least || quorum > cohort, '/server/quorum', quorum, expected);
    },
  },
  {
    states: 'an aggregation by tiers has a discipline with tiers',
    findings: ({ server: { aggregation, discipline } }, { own }) => {
      const needsTiers = found(aggregations, own?.aggregations, aggregation).needsTiers === true;
      const hasTiers = found(disciplines, own?.disciplines, discipline).hasTiers === true;
      const expected = `another where /server/discipline is ${shown(discipline)}, which has no tiers`;
      return must(!needsTiers || hasTiers, '/server/aggregation', aggregation, expected);
    },
  },
];

/** What a choice names, of a table or of the caller's own. */
function found<S extends { readonly name: string }>(
  table: Readonly<Record<string, S>>,
  own: readonly S[] = [],
  choice: Choice,
): S {
  return own.find(({ name }) => name === nameOf(choice)) ?? named(table, choice);
}

/** Number of clients in a round's cohort. */
function sizeOfCohort({ clients, server }: Rounds): number {
  return server.selection === 'all' ? clients.count : cohortSize(server.selectionFraction, clients.count);
}
