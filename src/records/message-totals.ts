import { readWhole, type RowReader } from './row-reader.js';
import type { MessageRow } from './rows.js';
import type { Summary } from './summary.js';

/** How many messages there were, and what all of them came to. */
export class MessageTotals implements RowReader {
  readonly #outcomes: Record<MessageRow['outcome'], number> = { delivered: 0, dropped: 0, 'in-flight': 0 };
  #duplicated = 0;
  #sent = 0;
  #bits = 0;
  #airBits = 0;
  #energyJoules = 0;
  #price = 0;

  message({ copyOf, outcome, bits, airBits, energyJoules, price }: MessageRow): void {
    this.#outcomes[outcome] += 1;
    if (copyOf === null) {
      this.#sent += 1;
      this.#bits += bits;
    } else {
      this.#duplicated += 1;
    }
    this.#airBits += airBits;
    this.#energyJoules += energyJoules;
    this.#price += price;
  }

  get totals(): Summary['messages'] {
    return {
      sent: this.#sent,
      delivered: this.#outcomes.delivered,
      dropped: this.#outcomes.dropped,
      inFlight: this.#outcomes['in-flight'],
      duplicated: this.#duplicated,
      bits: this.#bits,
      airBits: this.#airBits,
      energyJoules: this.#energyJoules,
      price: this.#price,
    };
  }
}

/** The totals of messages that are at hand. */
export function messageTotals(messages: readonly MessageRow[]): Summary['messages'] {
  return readWhole(new MessageTotals(), { messages }).totals;
}
