import type { RunEvent, RunObserver } from './run-event.js';

interface Subscription {
  readonly observer: RunObserver;
  readonly name: string | undefined;
}

/**
 * Brings what a run tells to all who observe it. An event that is told while another is being delivered waits
 * for its turn, so that all hear one order. The checkers do not wait: they hear of an event where it is told,
 * before anybody acts on it, and what they throw is thrown there and keeps the event from all others.
 */
export class RunEvents {
  readonly #checkers: RunObserver;
  readonly #fail: (cause: unknown) => void;
  readonly #subscriptions: Subscription[] = [];
  /** The first is being delivered. */
  readonly #waiting: RunEvent[] = [];
  #isComplete = false;

  /** `fail` hears what an observer throws. */
  constructor(checkers: RunObserver, fail: (cause: unknown) => void) {
    this.#checkers = checkers;
    this.#fail = fail;
  }

  /** Observers hear in the order in which they subscribe; `name` goes before what this one throws. */
  subscribe(observer: RunObserver, name?: string): void {
    this.#subscriptions.push({ observer, name });
  }

  /** Whether anybody asks for what the actors do. */
  get actorsObserved(): boolean {
    return this.#subscriptions.some(({ observer }) => observer.actors);
  }

  /** Whether the run is over: nothing more is to be told. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  tell(event: RunEvent): void {
    this.#checkers.next(event);
    if (this.#waiting.push(event) > 1) return;
    while (this.#waiting.length > 0) {
      this.#deliver(this.#waiting[0]!);
      this.#waiting.shift();
    }
  }

  /** The run is over. What an observer tells on hearing of it still reaches all. */
  complete(): void {
    for (const subscription of [{ observer: this.#checkers, name: undefined }, ...this.#subscriptions]) {
      try {
        subscription.observer.complete?.();
      } catch (cause) {
        this.#failed(subscription, cause);
      }
    }
    this.#isComplete = true;
  }

  #deliver(event: RunEvent): void {
    const isForSome = isOfActors(event);
    for (const subscription of this.#subscriptions) {
      const { observer } = subscription;
      if (isForSome && !observer.actors) continue;
      try {
        observer.next(event);
      } catch (cause) {
        this.#failed(subscription, cause);
      }
    }
  }

  #failed({ name }: Subscription, cause: unknown): void {
    this.#fail(name === undefined ? cause : new Error(`observer ${name} failed`, { cause }));
  }
}

function isOfActors({ type }: RunEvent): boolean {
  return type === 'actor' || type === 'actor-registered';
}
