import { meanOrNull, sum } from '../../moments.js';
import type { RunRecords } from '../read.js';
import { heldOut, newestFigures, rowsOfTask } from '../held-out.js';
import type { LeftOut } from '../fate.js';
import { countsOf, groupedBy } from '../../grouped.js';
import { inOrder } from './series.js';

/** What came of a client's uploads, beside what the client could do in the end. */
export interface ClientUploads {
  readonly client: string;
  readonly sent: number;
  /** Averaged in a round. */
  readonly inAggregate: number;
  /** How many were averaged in none for each reason, the most frequent first. */
  readonly leftOut: readonly (readonly [reason: LeftOut, count: number])[];
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
  const byClient = groupedBy(messages, ({ from, to }) => (from === 'server' ? to : from));
  const measured = newestFigures(rowsOfTask(metrics, heldOut.instruction.task));
  return inOrder([...byClient.keys()]).map((client) => {
    const own = byClient.get(client)!;
    const uploads = own.filter(({ from, copyOf }) => from === client && copyOf === null);
    const delays = uploads.flatMap(({ outcome, delaySeconds }) =>
      outcome === 'delivered' && delaySeconds !== null ? [delaySeconds] : [],
    );
    const onAirSeconds = sum(uploads.map(({ onAirSeconds }) => onAirSeconds));
    return {
      client,
      sent: uploads.length,
      inAggregate: uploads.filter(({ aggregatedIn }) => aggregatedIn !== null).length,
      leftOut: countsOf(uploads.map(({ leftOut }) => leftOut)),
      meanDelaySeconds: meanOrNull(delays),
      meanRateBps: onAirSeconds > 0 ? sum(uploads.map(({ airBits }) => airBits)) / onAirSeconds : null,
      transmitJoules: sum(uploads.map(({ transmitJoules }) => transmitJoules)),
      price: sum(own.map(({ price }) => price)),
      accuracy: measured.of(client)?.metrics['accuracy'] ?? null,
      sharedAccuracy: measured.of(client)?.metrics['sharedAccuracy'] ?? null,
    };
  });
}
