import type { Stage } from '../../machines/protocol.js';
import { groupedBy } from '../grouped.js';
import { meanOrNull, sum } from '../moments.js';
import { energyOfMessage, energyOfWork, summed, type EnergyBySide } from './energy/energy.js';
import type { ComputeRow, EndedMessage } from './rows.js';

/** What the messages of a round took and cost. */
export interface RoundCosts {
  /** Mean over the cohort of its clients' `delaySeconds`. */
  readonly delaySeconds: number;
  /** Of all attempts in both directions, those of clients outside of the cohort too. */
  readonly energyJoules: number;
  /** The same by side and kind, with the work that has ended. */
  readonly energy: EnergyBySide;
  /** The cohort in its order; 0 where nothing of a client has ended. */
  readonly clients: readonly ClientCosts[];
}

/** A client's messages of a round, download and upload together. */
export interface ClientCosts {
  readonly client: string;
  readonly delaySeconds: number;
  readonly energyJoules: number;
}

/**
 * The account of a round from `ended` and `work`, the messages and the work that have ended since the round before
 * was closed. Those of another stage (the last download of the one before) count in no round, nor do copies; they
 * stand in messages.jsonl, in metrics.jsonl and in the totals.
 */
export function roundCosts(
  ended: readonly EndedMessage[],
  stage: Stage,
  cohort: readonly string[],
  work: readonly ComputeRow[] = [],
): RoundCosts {
  const rows = ended.filter((row) => row.stage === stage && row.copyOf === null);
  const byClient = groupedBy(rows, ({ from, to }) => (from === 'server' ? to : from));
  const clients = cohort.map((client) => {
    const own = byClient.get(client) ?? [];
    return {
      client,
      delaySeconds: sum(own.map((row) => row.delaySeconds ?? 0)),
      energyJoules: sum(own.map((row) => row.energyJoules)),
    };
  });
  return {
    delaySeconds: meanOrNull(clients.map(({ delaySeconds }) => delaySeconds)) ?? 0,
    energyJoules: sum(rows.map(({ energyJoules }) => energyJoules)),
    energy: summed([
      ...rows.map(energyOfMessage),
      ...work.filter((row) => row.stage === stage).map(energyOfWork),
    ]),
    clients,
  };
}
