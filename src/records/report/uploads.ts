import { meanOrNull, sum } from '../../moments.js';
import type { RunRecords } from '../read.js';
import { heldOut, newestFigures, rowsOfTask } from '../held-out.js';
import type { MessageRow, MetricRow, RoundRow } from '../rows.js';
import { groupedBy } from '../../grouped.js';
import { inOrder } from './series.js';
import { least } from '../../extremes.js';

/** What came of a client's uploads, beside what the client could do in the end. */
export interface ClientUploads {
  readonly client: string;
  readonly sent: number;
  /** Delivered by the close of their round. */
  readonly inAggregate: number;
  /** Delivered after it. */
  readonly late: number;
  readonly dropped: number;
  /** Under way when the run ended, or of a round that never closed. */
  readonly open: number;
  /** From sending to arrival, over the delivered ones; null without any. */
  readonly meanDelaySeconds: number | null;
  /** Bits on the air over time on the air, all attempts at all uploads; null where none was on the air. */
  readonly meanRateBps: number | null;
  /** Energy of the client's own transmitter. */
  readonly transmitJoules: number;
  /** Price of everything sent to and from the client. */
  readonly price: number;
  /** At the last measurement of the client's own model on own data; null where there is none. */
  readonly accuracy: number | null;
  /** The same on what others were taught. */
  readonly sharedAccuracy: number | null;
}

type Rows = Pick<RunRecords, 'metrics' | 'messages'>;

/**
 * One entry per client, in a reader's order; a client that never sent anything is listed where something was
 * sent to it.
 */
export function uploadsByClient({ metrics, messages }: Rows): ClientUploads[] {
  const closes = closesOf(metrics);
  const copies = groupedBy(messages, ({ copyOf }) => copyOf);
  const byClient = groupedBy(messages, ({ from, to }) => (from === 'server' ? to : from));
  const measured = newestFigures(rowsOfTask(metrics, heldOut.instruction.task));
  return inOrder([...byClient.keys()]).map((client) => {
    const own = byClient.get(client)!;
    const uploads = own.filter(({ from, copyOf }) => from === client && copyOf === null);
    const fates = uploads.map((upload) => fateOf(upload, copies.get(upload.id) ?? [], closes));
    const count = (fate: Fate) => fates.filter((one) => one === fate).length;
    const delays = uploads.flatMap(({ outcome, delaySeconds }) =>
      outcome === 'delivered' && delaySeconds !== null ? [delaySeconds] : [],
    );
    const onAirSeconds = sum(uploads.map(({ onAirSeconds }) => onAirSeconds));
    return {
      client,
      sent: uploads.length,
      inAggregate: count('in-aggregate'),
      late: count('late'),
      dropped: count('dropped'),
      open: count('open'),
      meanDelaySeconds: meanOrNull(delays),
      meanRateBps: onAirSeconds > 0 ? sum(uploads.map(({ airBits }) => airBits)) / onAirSeconds : null,
      transmitJoules: sum(uploads.map(({ transmitJoules }) => transmitJoules)),
      price: sum(own.map(({ price }) => price)),
      accuracy: measured.of(client)?.metrics['accuracy'] ?? null,
      sharedAccuracy: measured.of(client)?.metrics['sharedAccuracy'] ?? null,
    };
  });
}

type Fate = 'in-aggregate' | 'late' | 'dropped' | 'open';

/** The first of an upload's copies counts. */
function fateOf(
  upload: MessageRow,
  copies: readonly MessageRow[],
  closes: ReadonlyMap<string, number>,
): Fate {
  const arrivals = [upload, ...copies].flatMap(({ outcome, endedVirtualSeconds }) =>
    outcome === 'delivered' && endedVirtualSeconds !== null ? [endedVirtualSeconds] : [],
  );
  if (arrivals.length === 0) return upload.outcome === 'dropped' ? 'dropped' : 'open';
  const close = closes.get(roundKey(upload));
  if (close === undefined) return 'open';
  return least(arrivals) <= close ? 'in-aggregate' : 'late';
}

const roundKey = ({ stage, round }: Pick<RoundRow, 'stage' | 'round'>) => `${stage} ${round}`;

/** Virtual time at which each round was closed. */
function closesOf(metrics: readonly MetricRow[]): ReadonlyMap<string, number> {
  return new Map(
    metrics.flatMap((row) => (row.type === 'round' ? [[roundKey(row), row.virtualSeconds] as const] : [])),
  );
}
