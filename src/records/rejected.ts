import { checkNames, isRejected, type CheckName } from './fate.js';
import { readWhole, type RowReader } from './row-reader.js';
import type { MessageRow } from './rows.js';
import type { RejectedUpdates } from './summary.js';

/** The updates that the server rejected, by client and check. */
export class Rejected implements RowReader {
  /** Of everybody who has sent anything, in the order of the first messages. */
  readonly #bySender = new Map<string, Map<CheckName, RejectedUpdates>>();

  message({ from: client, leftOut, why = '' }: MessageRow): void {
    const found = this.#bySender.get(client) ?? new Map<CheckName, RejectedUpdates>();
    this.#bySender.set(client, found);
    if (!isRejected(leftOut)) return;
    const check = leftOut.slice('rejected: '.length) as CheckName;
    const known = found.get(check) ?? { client, check, updates: 0, why };
    found.set(check, { ...known, updates: known.updates + 1 });
  }

  /** Clients as they sent first, checks in their order. */
  get counts(): readonly RejectedUpdates[] {
    return [...this.#bySender.values()].flatMap((found) =>
      checkNames.flatMap((check) => found.get(check) ?? []),
    );
  }
}

/** The counts of messages that are at hand. */
export function rejectedUpdates(messages: readonly MessageRow[]): readonly RejectedUpdates[] {
  return readWhole(new Rejected(), { messages }).counts;
}
