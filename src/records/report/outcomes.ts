import { Counts } from '../../counts.js';
import type { RowReader } from '../row-reader.js';
import type { MessageRow } from '../rows.js';

/** What became of the messages of one kind. */
export interface KindOutcome {
  readonly kind: string;
  /** Copies that faults made are not among them, and not in the three counts below. */
  readonly sent: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly inFlight: number;
  /** How many were dropped for each reason, the most frequent first. */
  readonly reasons: readonly (readonly [reason: string, count: number])[];
  /** Attempts beyond each message's first. */
  readonly repeats: number;
  readonly copies: number;
  /** Of all attempts, without a signal by script. */
  readonly blackoutSeconds: number;
}

/** Counts what became of the messages. */
export class Outcomes implements RowReader {
  readonly #kinds = new Map<string, KindCounts>();

  message(row: MessageRow): void {
    const counts = this.#kinds.get(row.kind) ?? new KindCounts();
    this.#kinds.set(row.kind, counts);
    counts.add(row);
  }

  /**
   * By kind, in the order of the first message; empty where nothing was dropped, repeated, duplicated or without a
   * signal by script.
   */
  get byKind(): KindOutcome[] {
    const kinds = [...this.#kinds].map(([kind, counts]) => ({ kind, ...counts.figures }));
    const isTroubled = kinds.some(
      ({ dropped, repeats, copies, blackoutSeconds }) => dropped + repeats + copies + blackoutSeconds > 0,
    );
    return isTroubled ? kinds : [];
  }
}

class KindCounts {
  readonly #outcomes = new Counts<MessageRow['outcome']>();
  readonly #reasons = new Counts<string>();
  #sent = 0;
  #repeats = 0;
  #copies = 0;
  #blackoutSeconds = 0;

  add({ copyOf, outcome, reason, attempts, blackoutSeconds }: MessageRow): void {
    if (copyOf !== null) {
      this.#copies += 1;
      return;
    }
    this.#sent += 1;
    this.#outcomes.add(outcome);
    this.#reasons.add(reason);
    this.#repeats += Math.max(attempts - 1, 0);
    this.#blackoutSeconds += blackoutSeconds;
  }

  get figures(): Omit<KindOutcome, 'kind'> {
    return {
      sent: this.#sent,
      delivered: this.#outcomes.of('delivered'),
      dropped: this.#outcomes.of('dropped'),
      inFlight: this.#outcomes.of('in-flight'),
      reasons: this.#reasons.mostFirst,
      repeats: this.#repeats,
      copies: this.#copies,
      blackoutSeconds: this.#blackoutSeconds,
    };
  }
}
