import { groupedBy } from '../grouped.js';
import { checkNames } from './fate.js';
import type { MessageRow } from './rows.js';
import type { RejectedUpdates } from './summary.js';

/** The updates that the server rejected, by client and check: clients as they were rejected first, checks in their order. */
export function rejectedUpdates(messages: readonly MessageRow[]): readonly RejectedUpdates[] {
  return [...groupedBy(messages, ({ from }) => from)].flatMap(([client, own]) =>
    checkNames.flatMap((check) => {
      const rows = own.filter(({ leftOut }) => leftOut === `rejected: ${check}`);
      const [first] = rows;
      return first ? [{ client, check, updates: rows.length, why: first.why ?? '' }] : [];
    }),
  );
}
