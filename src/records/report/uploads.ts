import type { RunRecords } from '../read.js';
import type { MessageRow, MetricRow, RoundRow } from '../rows.js';
import { groupedBy } from './grouped.js';
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
  /** Of the client's own transmitter. */
  readonly transmitJoules: number;
  /** Of everything to and from the client. */
  readonly price: number;
  /** At the last measurement of the client's own model on own data; null where there is none. */
  readonly accuracy: number | null;
  /** The same on what others were taught. */
  readonly sharedAccuracy: number | null;
}

type Rows = Pick<RunRecords, 'metrics' | 'messages'>;

/** One entry a client, in a reader's order; clients that never sent are there where anything was for them. */
export function uploadsByClient({ metrics, messages }: Rows): ClientUploads[] {
  const closes = closesOf(metrics);
  const copies = groupedBy(messages, ({ copyOf }) => copyOf);
  const byClient = groupedBy(messages, ({ from, to }) => (from === 'server' ? to : from));
  const measured = lastEvaluations(metrics);
  return inOrder([...byClient.keys()]).map((client) => {
    const own = byClient.get(client)!;
    const uploads = own.filter(({ from, copyOf }) => from === client && copyOf === null);
    const fates = uploads.map((upload) => fateOf(upload, copies.get(upload.id) ?? [], closes));
    const count = (fate: Fate) => fates.filter((one) => one === fate).length;
    const delays = uploads.flatMap(({ outcome, delaySeconds }) =>
      outcome === 'delivered' && delaySeconds !== null ? [delaySeconds] : [],
    );
    const onAirSeconds = sumOf(uploads, 'onAirSeconds');
    return {
      client,
      sent: uploads.length,
      inAggregate: count('in-aggregate'),
      late: count('late'),
      dropped: count('dropped'),
      open: count('open'),
      meanDelaySeconds: delays.length === 0 ? null : delays.reduce((a, b) => a + b, 0) / delays.length,
      meanRateBps: onAirSeconds > 0 ? sumOf(uploads, 'airBits') / onAirSeconds : null,
      transmitJoules: sumOf(uploads, 'transmitJoules'),
      price: sumOf(own, 'price'),
      accuracy: measured.get(client)?.['accuracy'] ?? null,
      sharedAccuracy: measured.get(client)?.['sharedAccuracy'] ?? null,
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

/** By client: round 0 is before any training, whenever it was written. */
function lastEvaluations(metrics: readonly MetricRow[]) {
  const rounds = new Map<string, number>();
  const figures = new Map<string, Readonly<Record<string, number | null>>>();
  for (const row of metrics) {
    if (row.type !== 'client' || row.task !== 'evaluate') continue;
    if (row.round < (rounds.get(row.actor) ?? 0)) continue;
    rounds.set(row.actor, row.round);
    figures.set(row.actor, row.metrics);
  }
  return figures;
}

function sumOf(
  messages: readonly MessageRow[],
  figure: 'airBits' | 'onAirSeconds' | 'transmitJoules' | 'price',
): number {
  return messages.reduce((sum, message) => sum + message[figure], 0);
}
