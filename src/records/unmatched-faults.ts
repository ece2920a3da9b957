import { nameOf, type Envelope } from '../../machines/events.js';
import { faultPointer, isAbout, type AttemptScene } from '../radio/channel/faults/faults.js';
import type { Fault } from '../radio/channel/faults/settings.js';
import type { RunEvent, RunObserver } from './run-event.js';

/** A message that its link is not done with. */
interface Open {
  readonly envelope: Envelope;
  readonly sentAtSeconds: number;
}

/**
 * Follows a run and keeps which faults of the script have matched nothing in it: no attempt, no arrival, no
 * link in their window. One that matched and was left out by its probability is none of them.
 */
export class UnmatchedFaults implements RunObserver {
  readonly #clients: readonly string[];
  readonly #faults: Map<number, Fault>;
  readonly #open = new Map<number, Open>();
  #virtualSeconds = 0;

  /** `clients` by their number. */
  constructor(faults: readonly Fault[], clients: readonly string[]) {
    this.#clients = clients;
    this.#faults = new Map(faults.entries());
  }

  /** JSON pointers into the scenario, in the script's order. */
  get pointers(): readonly string[] {
    return [...this.#faults.keys()].map(faultPointer);
  }

  next(event: RunEvent): void {
    if (event.type === 'clock') this.#virtualSeconds = event.virtualSeconds;
    if (event.type !== 'bus' || this.#faults.size === 0) return;
    const { phase, envelope, atSeconds } = event.event;
    if (phase === 'sent') this.#open.set(envelope.id, { envelope, sentAtSeconds: atSeconds });
    if (phase === 'settled') this.#open.delete(envelope.id);
    if (phase !== 'attempt') return;
    const { attempt, attempts: number } = event.event;
    const span = { fromSeconds: attempt.atSeconds, toSeconds: atSeconds };
    this.#match(envelope, { number, arrives: attempt.arrives, ...span });
  }

  /** An attempt that the end of the run cut off is in no event; its faults have had their message. */
  complete(): void {
    for (const { envelope, sentAtSeconds } of this.#open.values()) {
      const span = { fromSeconds: sentAtSeconds, toSeconds: this.#virtualSeconds };
      this.#match(envelope, { number: null, arrives: true, ...span });
    }
  }

  #match({ from, to, message }: Envelope, attempt: AttemptScene): void {
    const [client, direction] = from === 'server' ? [to, 'downlink' as const] : [from, 'uplink' as const];
    const scene = { ...nameOf(message), client: this.#clients.indexOf(client) + 1, direction };
    for (const [index, fault] of this.#faults) {
      if (isAbout(fault, scene, attempt)) this.#faults.delete(index);
    }
  }
}
