import type { Stage } from '../../../machines/protocol.js';
import type { ClientRow, MetricRow, RoundRow } from '../rows.js';

/** A figure of one round, as TensorBoard draws it. */
export interface Scalar {
  /** The server's or a client's; TensorBoard calls it a run. */
  readonly actor: string;
  /** "instruction/evaluate/accuracy". */
  readonly tag: string;
  /** The round. */
  readonly step: number;
  readonly value: number;
}

const roundFigures = ['loss', 'seconds', 'delaySeconds', 'energyJoules', 'updates', 'late'] as const;

/** All figures of a run that there were: the server's of its rounds, the clients' of what they measured. */
export function scalars(metrics: readonly MetricRow[]): Scalar[] {
  return metrics.flatMap((row) =>
    row.type === 'round' ? scalarsOfRound(row) : row.type === 'client' ? scalarsOfClient(row) : [],
  );
}

function scalarsOfRound(row: RoundRow): Scalar[] {
  return roundFigures.flatMap((figure) =>
    scalar('server', row.stage, row.round, `round/${figure}`, row[figure]),
  );
}

function scalarsOfClient({ actor, stage, round, task, metrics }: ClientRow): Scalar[] {
  return Object.entries(metrics).flatMap(([name, value]) =>
    scalar(actor, stage, round, `${task}/${name}`, value),
  );
}

function scalar(actor: string, stage: Stage, step: number, tag: string, value: number | null): Scalar[] {
  return value === null ? [] : [{ actor, tag: `${stage}/${tag}`, step, value }];
}
