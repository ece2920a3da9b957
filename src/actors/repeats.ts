import type { InspectionEvent } from 'xstate';
import type { Ended } from '../records/rows.js';
import type { Simulation } from './simulation.js';

type Repeating = (Ended & { readonly reason: 'livelock' })['repeating'];

/** As many as a user reads. */
const most = 10;

/** Which events which actors take, from `watch` on: the livelock report. */
export class Repeats {
  readonly #simulation: Simulation;
  readonly #times = new Map<string, Repeating[number]>();
  #isWatching = false;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  /** Begins to count, anew if it was counting. */
  watch(): void {
    this.#times.clear();
    if (!this.#isWatching) this.#simulation.system.inspect((event) => this.#count(event));
    this.#isWatching = true;
  }

  /** The most frequent first. */
  get report(): Repeating {
    return [...this.#times.values()].sort((one, other) => other.times - one.times).slice(0, most);
  }

  /** An actor without a name is a task of one that has one, and tells it of its end. */
  #count({ type, actorRef, ...rest }: InspectionEvent): void {
    const actor = 'systemId' in actorRef ? actorRef.systemId : undefined;
    if (type !== '@xstate.event' || typeof actor !== 'string' || !('event' in rest)) return;
    const event = String(rest.event.type);
    const { times = 0 } = this.#times.get(`${actor} ${event}`) ?? {};
    this.#times.set(`${actor} ${event}`, { actor, event, times: times + 1 });
  }
}
