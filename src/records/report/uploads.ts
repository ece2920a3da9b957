import { Counts } from '../../counts.js';
import { ratioOrNull } from '../../moments.js';
import type { LeftOut } from '../fate.js';
import { heldOut, isOfTask, newestFigures } from '../held-out.js';
import { clientOf, type RowReader } from '../row-reader.js';
import type { MessageRow, MetricRow } from '../rows.js';
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

/** What of a client's messages its uploads come to. */
class Sums {
  #sent = 0;
  #inAggregate = 0;
  readonly #leftOut = new Counts<LeftOut>();
  #delivered = 0;
  #delaySeconds = 0;
  #onAirSeconds = 0;
  #airBits = 0;
  #transmitJoules = 0;
  #price = 0;

  add(row: MessageRow): void {
    this.#price += row.price;
    if (row.from === 'server' || row.copyOf !== null) return;
    this.#sent += 1;
    if (row.aggregatedIn !== null) this.#inAggregate += 1;
    this.#leftOut.add(row.leftOut);
    if (row.outcome === 'delivered' && row.delaySeconds !== null) {
      this.#delivered += 1;
      this.#delaySeconds += row.delaySeconds;
    }
    this.#onAirSeconds += row.onAirSeconds;
    this.#airBits += row.airBits;
    this.#transmitJoules += row.transmitJoules;
  }

  get figures(): Omit<ClientUploads, 'client' | 'accuracy' | 'sharedAccuracy'> {
    return {
      sent: this.#sent,
      inAggregate: this.#inAggregate,
      leftOut: this.#leftOut.mostFirst,
      meanDelaySeconds: ratioOrNull(this.#delaySeconds, this.#delivered),
      meanRateBps: this.#onAirSeconds > 0 ? this.#airBits / this.#onAirSeconds : null,
      transmitJoules: this.#transmitJoules,
      price: this.#price,
    };
  }
}

/** Adds up the uploads of each client. */
export class Uploads implements RowReader {
  readonly #clients = new Map<string, Sums>();
  readonly #measured = newestFigures();

  metric(row: MetricRow): void {
    if (isOfTask(row, heldOut.instruction.task)) this.#measured.add(row);
  }

  message(row: MessageRow): void {
    const client = clientOf(row);
    const sums = this.#clients.get(client) ?? new Sums();
    this.#clients.set(client, sums);
    sums.add(row);
  }

  /**
   * One entry per client, in a reader's order; a client that never sent anything is listed where something was
   * sent to it.
   */
  get byClient(): ClientUploads[] {
    return inOrder([...this.#clients.keys()]).map((client) => {
      const { accuracy = null, sharedAccuracy = null } = this.#measured.of(client)?.metrics ?? {};
      return { client, ...this.#clients.get(client)!.figures, accuracy, sharedAccuracy };
    });
  }
}
