import { sum } from '../../moments.js';
import type { MessageRow } from '../rows.js';
import { countsOf, groupedBy } from '../../grouped.js';

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

/**
 * By kind, in the order of the first message; empty where nothing was dropped, repeated, duplicated or without a
 * signal by script.
 */
export function outcomesByKind(messages: readonly MessageRow[]): KindOutcome[] {
  const kinds = [...groupedBy(messages, ({ kind }) => kind)].map(([kind, rows]) => outcomeOf(kind, rows));
  const isTroubled = kinds.some(
    ({ dropped, repeats, copies, blackoutSeconds }) => dropped + repeats + copies + blackoutSeconds > 0,
  );
  return isTroubled ? kinds : [];
}

function outcomeOf(kind: string, rows: readonly MessageRow[]): KindOutcome {
  const sent = rows.filter(({ copyOf }) => copyOf === null);
  const count = (outcome: MessageRow['outcome']) => sent.filter((row) => row.outcome === outcome).length;
  return {
    kind,
    sent: sent.length,
    delivered: count('delivered'),
    dropped: count('dropped'),
    inFlight: count('in-flight'),
    reasons: countsOf(sent.map(({ reason }) => reason)),
    repeats: sum(sent.map(({ attempts }) => Math.max(attempts - 1, 0))),
    copies: rows.length - sent.length,
    blackoutSeconds: sum(sent.map((row) => row.blackoutSeconds)),
  };
}
