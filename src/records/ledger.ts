import type { Bus, BusEvent, LinkAccount } from '../bus/bus.js';
import type { Envelope } from '../../machines/events.js';
import type { MessageRow } from './rows.js';

interface Sent {
  readonly envelope: Envelope;
  readonly atSeconds: number;
  account: LinkAccount;
}

/** What the links cost in one round. */
export interface RoundAccount {
  readonly delaySeconds: number;
  readonly energyJoules: number;
}

/**
 * Keeps the account of every message: a row when it ends, and the cost of a round when the server closes it.
 */
export class MessageLedger {
  readonly #open = new Map<number, Sent>();
  readonly #write: (row: MessageRow) => void;
  #round: MessageRow[] = [];

  constructor(bus: Bus, write: (row: MessageRow) => void) {
    this.#write = write;
    bus.events.subscribe((event) => this.#note(event));
  }

  /**
   * The messages that have ended since the last call. Energy: of all their attempts, both directions. Delay:
   * for each of the cohort the seconds that its messages took, download and upload, in the mean over the
   * cohort.
   */
  closeRound(cohort: readonly string[]): RoundAccount {
    const rows = this.#round;
    this.#round = [];
    const seconds = cohort.map((client) =>
      sum(
        rows.filter(({ from, to }) => from === client || to === client).map((row) => row.delaySeconds ?? 0),
      ),
    );
    return {
      delaySeconds: cohort.length === 0 ? 0 : sum(seconds) / cohort.length,
      energyJoules: sum(rows.map(({ energyJoules }) => energyJoules)),
    };
  }

  /** Writes what is still under way when the run ends. */
  finish(): void {
    for (const sent of this.#open.values()) this.#end(sent, 'in-flight', null);
    this.#open.clear();
  }

  #note(event: BusEvent): void {
    const { envelope, atSeconds, bits, attempts, onAirSeconds, energyJoules } = event;
    const account = { bits, attempts, onAirSeconds, energyJoules };
    if (event.phase === 'sent') {
      this.#open.set(envelope.id, { envelope, atSeconds, account });
      return;
    }
    const sent = this.#open.get(envelope.id);
    if (!sent) throw new Error(`message ${envelope.id}: ${event.phase} without having been sent`);
    sent.account = account;
    if (event.phase === 'attempt') return;
    this.#open.delete(envelope.id);
    this.#round.push(this.#end(sent, event.phase, atSeconds));
  }

  #end(
    { envelope, atSeconds, account }: Sent,
    outcome: MessageRow['outcome'],
    endedAt: number | null,
  ): MessageRow {
    const { kind, step, stage, round, params } = envelope.message;
    const row: MessageRow = {
      id: envelope.id,
      from: envelope.from,
      to: envelope.to,
      kind,
      step,
      stage,
      round,
      params: params.map((ref) => ({ kind: ref.kind, hash: ref.hash, parameters: ref.parameters })),
      bits: account.bits,
      attempts: account.attempts,
      outcome,
      onAirSeconds: account.onAirSeconds,
      delaySeconds: endedAt === null ? null : endedAt - atSeconds,
      energyJoules: account.energyJoules,
      sentVirtualSeconds: atSeconds,
      endedVirtualSeconds: endedAt,
    };
    this.#write(row);
    return row;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
