import type { Stage } from '../../../machines/protocol.js';
import { floats } from '../../growing.js';
import { mean } from '../../moments.js';
import { partitionIndex } from '../activity/partition-point.js';
import type { ClientCosts } from '../round-costs.js';
import { clientOf, type RowReader } from '../row-reader.js';
import type { ClientRow, MessageRow, MetricRow, RoundRow } from '../rows.js';
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

type Costs = Omit<ClientCosts, 'client'>;

/**
 * Adds up what the messages of each client cost by round. A message counts to the round in which it ended: the first
 * one that was closed at or after its end. Rounds are heard no later than messages that ended after their close.
 */
export class CostsByRound implements RowReader {
  readonly #closeSeconds = floats();
  /** Of each round, in their order, by stage and client. */
  readonly #rounds: Map<string, Costs>[] = [];

  metric(row: MetricRow): void {
    if (row.type === 'round') this.#closeSeconds.push(row.virtualSeconds);
  }

  message(row: MessageRow): void {
    const { stage, copyOf, endedVirtualSeconds: end, energyJoules } = row;
    if (end === null || copyOf !== null) return;
    const place = partitionIndex(this.#closeSeconds.length, (index) => this.#closeSeconds.at(index) < end);
    const round = (this.#rounds[place] ??= new Map<string, Costs>());
    const key = `${stage} ${clientOf(row)}`;
    const known = round.get(key) ?? nothing;
    round.set(key, {
      delaySeconds: known.delaySeconds + (row.delaySeconds ?? 0),
      energyJoules: known.energyJoules + energyJoules,
    });
  }

  /** Of each client of the cohort, and the mean over them. */
  series(rounds: readonly RoundRow[], stage: Stage, cost: (costs: Costs) => number): Series {
    const points = rounds.map(({ stage: own, round, members }, index) =>
      own !== stage
        ? []
        : members.map((actor) => {
            const costs = this.#rounds[index]?.get(`${stage} ${actor}`) ?? nothing;
            return { actor, round, value: cost(costs) };
          }),
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
}

const nothing: Costs = { delaySeconds: 0, energyJoules: 0 };

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
