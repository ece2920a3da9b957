import { must, type Rule } from '../settings/rule.js';
import type { Server } from './settings.js';

interface Rounds {
  readonly server: Server;
  readonly clients: { readonly count: number };
}

export const serverRules: readonly Rule<Rounds>[] = [
  {
    states: 'the quorum can be met by the clients of a round',
    findings: (rounds) => {
      const { count } = rounds.clients;
      const cohort = cohortSize(rounds);
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
];

/** Number of clients in a round's cohort. */
function cohortSize({ clients, server }: Rounds): number {
  return server.selection === 'all' ? clients.count : Math.ceil(server.selectionFraction * clients.count);
}
