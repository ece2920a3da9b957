import { partitionPoint } from '../activity/partition-point.js';
import type { Stage } from '../../../machines/protocol.js';
import { mean } from '../../moments.js';
import { roundCosts, type ClientCosts } from '../round-costs.js';
import type { ClientRow, MessageRow, MetricRow, RoundRow } from '../rows.js';
import { groupedBy } from '../../grouped.js';
import { mapRounds, rowsOfTask, type Pick } from '../held-out.js';

/** A figure of one client in one round. */
export interface Point {
  readonly actor: string;
  readonly round: number;
  readonly value: number;
}

/** A figure by round: of every client (thin), and on average (thick). */
export interface Series {
  readonly clients: readonly Point[];
  readonly mean: readonly { readonly round: number; readonly value: number }[];
}

/** A figure of one task, client by client, with its mean over the clients. */
export function clientSeries(rows: readonly MetricRow[], task: string, pick: Pick): Series {
  return { clients: clientPoints(rows, task, pick), mean: meansByRound(rowsOfTask(rows, task), pick) };
}

function clientPoints(rows: readonly MetricRow[], task: string, pick: Pick): Point[] {
  return rowsOfTask(rows, task).flatMap(({ actor, round, metrics }) => {
    const value = pick(metrics);
    return value === null ? [] : [{ actor, round, value }];
  });
}

/** In each round the mean over the clients' newest figures, as in the summary; a client may miss a round. */
function meansByRound(rows: readonly ClientRow[], pick: Pick): Series['mean'] {
  const means = mapRounds(rows, (round, newest) => ({ round, value: newest.mean(pick) }));
  return means.flatMap(({ round, value }) => (value === null ? [] : [{ round, value }]));
}

/** The reported loss: of each client by its task's figures, and the mean that the server decided by. */
export function reportedLossSeries(
  rows: readonly MetricRow[],
  stage: Stage,
  task: string,
  pick: Pick,
): Series {
  return {
    clients: clientPoints(rows, task, pick),
    mean: roundsOf(rows, stage).flatMap(({ round, loss }) => (loss === null ? [] : [{ round, value: loss }])),
  };
}

/**
 * What the messages of each client of the cohort cost by round, and the mean over them. A message counts to
 * the round in which it ended: the first one that was closed at or after its end.
 */
export function costSeries(
  rows: readonly MetricRow[],
  messages: readonly MessageRow[],
  stage: Stage,
  cost: (costs: Omit<ClientCosts, 'client'>) => number,
): Series {
  const rounds = rows.filter((row) => row.type === 'round');
  const ended = groupedBy(messages, ({ endedVirtualSeconds: end }) =>
    end === null ? undefined : rounds[partitionPoint(rounds, ({ virtualSeconds }) => virtualSeconds < end)],
  );
  const points = roundsOf(rows, stage).map((row) =>
    roundCosts(ended.get(row) ?? [], stage, row.members).clients.map(({ client, ...costs }) => ({
      actor: client,
      round: row.round,
      value: cost(costs),
    })),
  );
  return {
    clients: points.flat(),
    mean: points.flatMap((ofRound) =>
      ofRound.length === 0
        ? []
        : [{ round: ofRound[0]!.round, value: mean(ofRound.map(({ value }) => value)) }],
    ),
  };
}

function roundsOf(rows: readonly MetricRow[], stage: Stage): RoundRow[] {
  return rows.filter((row): row is RoundRow => row.type === 'round' && row.stage === stage);
}

/** Which updates of a round counted. */
export interface Turnout {
  readonly round: number;
  readonly cohort: number;
  /** In the round's aggregate. */
  readonly updates: number;
  /** Updates of earlier rounds that came in this one. */
  readonly late: number;
  /** Below the quorum: the global model stayed as it was. */
  readonly lost: boolean;
  readonly closedBy: RoundRow['closedBy'];
}

export function turnoutOf(rows: readonly MetricRow[], stage: Stage): Turnout[] {
  return roundsOf(rows, stage).map(({ round, cohort, updates, late, closedBy }) => ({
    round,
    cohort,
    updates,
    late,
    lost: updates === 0,
    closedBy,
  }));
}

/** Actors in a reader's order: the server first, then the clients by their number. */
export function inOrder(actors: readonly string[]): string[] {
  const collator = new Intl.Collator('en', { numeric: true });
  return [...new Set(actors)].sort((a, b) =>
    a === 'server' ? -1 : b === 'server' ? 1 : collator.compare(a, b),
  );
}
