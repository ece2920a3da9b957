import type { Stage } from '../../machines/protocol.js';
import type { CheckName, LeftOut, UpdateFate } from './fate.js';
import type { EndedMessage, MessageRow } from './rows.js';

/** A message that has ended, and the update that it carried; null for a download. */
interface Waiting {
  readonly row: EndedMessage;
  readonly update: string | null;
}

export const leftOut = (why: LeftOut): UpdateFate => ({ aggregatedIn: null, leftOut: why });
export const rejected = ({
  check,
  why,
}: {
  readonly check: CheckName;
  readonly why: string;
}): UpdateFate => ({
  ...leftOut(`rejected: ${check}`),
  why,
});
const noUpdate: UpdateFate = { aggregatedIn: null, leftOut: null };

/**
 * Completes the rows of messages with what became of the updates in them, which the server decides after they
 * have arrived. The rows leave in the order in which the messages ended: one whose fate is open holds up those
 * behind it, at most until the next aggregate is made.
 */
export class UpdateFates {
  readonly #write: (row: MessageRow) => void;
  readonly #decided = new Map<string, UpdateFate>();
  readonly #closedRounds = new Map<Stage, number>();
  #waiting: Waiting[] = [];

  constructor(write: (row: MessageRow) => void) {
    this.#write = write;
  }

  end(row: EndedMessage, update: string | null): void {
    this.#waiting.push({ row, update });
    this.#writeKnown();
  }

  /** The server has decided; an update may arrive, and be averaged, before its link is done with it. */
  decide(update: string, fate: UpdateFate): void {
    this.#decided.set(update, fate);
    this.#writeKnown();
  }

  closeRound(stage: Stage): void {
    this.#closedRounds.set(stage, (this.#closedRounds.get(stage) ?? 0) + 1);
  }

  /** The run is over: whatever the server did not decide on came too late, or the run ended before it. */
  complete(): void {
    for (const waiting of this.#waiting) {
      this.#write({ ...waiting.row, ...(this.#fateOf(waiting) ?? this.#fateAtEnd(waiting)) });
    }
    this.#waiting = [];
  }

  #writeKnown(): void {
    let known = 0;
    for (const waiting of this.#waiting) {
      const fate = this.#fateOf(waiting);
      if (fate === null) break;
      this.#write({ ...waiting.row, ...fate });
      if (waiting.update !== null) this.#decided.delete(waiting.update);
      known += 1;
    }
    this.#waiting.splice(0, known);
  }

  #fateOf({ row, update }: Waiting): UpdateFate | null {
    if (update === null) return noUpdate;
    if (row.copyOf !== null) return leftOut('duplicate');
    if (row.outcome === 'dropped' && !row.partial) return leftOut('given-up');
    return this.#decided.get(update) ?? null;
  }

  #fateAtEnd({ row: { stage, round, outcome, partial } }: Waiting): UpdateFate {
    const isClosed = round <= (this.#closedRounds.get(stage) ?? 0);
    return leftOut((outcome === 'delivered' || partial) && isClosed ? 'late' : 'run-ended');
  }
}
