import type { Stage } from '../../machines/protocol.js';
import { greatest } from '../extremes.js';
import type { Choice } from '../settings/choice.js';
import { shown } from '../settings/problem.js';
import { must, type Rule } from '../settings/rule.js';
import type { AggregationStrategy } from './aggregation/aggregation.js';
import { aggregations } from './aggregation/index.js';
import type { DisciplineStrategy } from './disciplines/discipline.js';
import { disciplines } from './disciplines/index.js';
import { selections } from './selection/index.js';
import { cohortSize, type SelectionStrategy } from './selection/selection.js';
import type { Server } from './settings.js';
import { named, nameOf, optionsOf } from './strategy.js';

interface Rounds extends Readonly<Record<Stage, { readonly maxRounds: number }>> {
  readonly stages: readonly Stage[];
  readonly server: Server;
  readonly clients: { readonly count: number };
}

/** What the rules read of a caller's own strategies. */
interface Around {
  readonly own?: {
    readonly aggregations?: readonly AggregationStrategy[];
    readonly disciplines?: readonly DisciplineStrategy[];
    readonly selections?: readonly SelectionStrategy[];
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
        nameOf(selection) !== 'all' || selectionFraction === 1,
        '/server/selectionFraction',
        selectionFraction,
        '1 where selection is "all"',
        'set /server/selection to "random" to draw a share of the clients',
      ),
  },
  {
    states: 'the options of a selection fit the clients and the versions of the scenario',
    findings: (rounds, { own }) => {
      const { selection } = rounds.server;
      const strategy = found(selections, own?.selections, selection);
      const options = optionsOf(strategy, selection);
      const misfit = strategy.misfit?.(options, {
        clients: rounds.clients.count,
        size: sizeOfCohort(rounds),
        versions: greatest(rounds.stages.map((stage) => rounds[stage].maxRounds)),
      });
      if (!misfit) return false;
      const { option, expected } = misfit;
      const isWritten = typeof selection === 'object' && option in selection;
      const pointer = isWritten ? `/server/selection/${option}` : '/server/selection';
      const said = isWritten ? expected : `one whose ${option} is ${expected}`;
      return must(false, pointer, isWritten ? options[option] : selection, said);
    },
  },
  {
    states: 'a discipline waits for updates that can come, and for a quorum of them',
    findings: (rounds, { own }) => {
      const { discipline, quorum } = rounds.server;
      const cohort = sizeOfCohort(rounds);
      const most = atOnce(rounds, own?.disciplines);
      if (most < 1 || most > rounds.clients.count) {
        const expected = `one that ${rounds.clients.count} clients suffice for`;
        return must(false, '/server/discipline', discipline, expected);
      }
      const expected = `at most ${most}, the updates that a version of discipline ${shown(discipline)} is made of`;
      return must(quorum <= most || quorum > cohort, '/server/quorum', quorum, expected);
    },
  },
  {
    states: 'an aggregation gets as many updates as it needs',
    findings: (rounds, { own }) => {
      const { aggregation, quorum } = rounds.server;
      const strategy = found(aggregations, own?.aggregations, aggregation);
      const least = strategy.atLeast?.(optionsOf(strategy, aggregation)) ?? 1;
      const most = atOnce(rounds, own?.disciplines);
      if (least > most) {
        const expected = `one that gets along with the ${most} updates that a version is made of`;
        return must(false, '/server/aggregation', aggregation, expected, `this one needs ${least}`);
      }
      const expected = `at least ${least} where /server/aggregation is ${shown(aggregation)}`;
      return must(quorum >= least || quorum > most, '/server/quorum', quorum, expected);
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
  {
    states: 'an aggregation by tiers knows every tier of the discipline',
    findings: ({ server: { aggregation, discipline } }, { own }) => {
      const known = optionsOf(found(aggregations, own?.aggregations, aggregation), aggregation)['tiers'];
      const made = optionsOf(found(disciplines, own?.disciplines, discipline), discipline)['tiers'];
      const expected = `tiers ${String(made)} or more, as /server/discipline has`;
      const holds = typeof known !== 'number' || typeof made !== 'number' || known >= made;
      return must(holds, '/server/aggregation', aggregation, expected);
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

/** The updates that a version is made of without waiting for more. */
function atOnce(rounds: Rounds, own?: readonly DisciplineStrategy[]): number {
  const { discipline } = rounds.server;
  const strategy = found(disciplines, own, discipline);
  const cohort = sizeOfCohort(rounds);
  return strategy.atOnce?.(optionsOf(strategy, discipline), cohort) ?? cohort;
}

/** Number of clients in a round's cohort. */
function sizeOfCohort({ clients, server }: Rounds): number {
  return nameOf(server.selection) === 'all'
    ? clients.count
    : cohortSize(server.selectionFraction, clients.count);
}
