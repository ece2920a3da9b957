import type { ActorRow, EventRow, InspectionRow } from '../records/inspection-rows.js';
import { floats, integers, type Growing } from '../growing.js';
import { Vocabulary } from './vocabulary.js';

/** An event with its place in the run, from 0. */
export interface IndexedEvent extends Omit<EventRow, 'type'> {
  readonly index: number;
}

/** How often an actor entered its states and took its transitions, up to an event. */
export interface Counts {
  readonly states: Readonly<Record<string, number>>;
  readonly transitions: Readonly<Record<string, number>>;
}

/** What a search is about; an absent part is any. */
export interface EventFilter {
  readonly actor?: string;
  /** Part of the event's type. */
  readonly event?: string;
  /** States' paths: events that lead to one of them from another. */
  readonly states?: readonly string[];
}

/** Events between two places where the states of all actors are kept. */
const stride = 4096;

/**
 * The events of a run by their place, for a page that jumps: 10⁶ of them take some 40 MB. The state of every
 * actor at a place takes at most `stride` steps.
 */
export class EventIndex {
  readonly #actors: ActorRow[] = [];
  readonly #actorNumbers = new Map<string, number>();
  readonly #words = new Vocabulary();
  readonly #seconds = floats();
  readonly #actor = integers();
  readonly #event = integers();
  readonly #cause = integers();
  readonly #before = integers();
  readonly #state = integers();
  readonly #microsteps = integers();
  /** The message of a cause, which is no word: there are too many. */
  readonly #message = integers();
  readonly #byActor: Growing<Int32Array<ArrayBuffer>>[] = [];
  readonly #checkpoints: Int32Array[] = [];
  readonly #latest: number[] = [];

  get count(): number {
    return this.#seconds.length;
  }

  get actors(): readonly ActorRow[] {
    return this.#actors;
  }

  add(row: InspectionRow): void {
    if (row.type === 'actor') this.#register(row);
    else this.#append(row);
  }

  /** The event at a place; RangeError outside of the run. */
  event(index: number): IndexedEvent {
    if (!(index >= 0 && index < this.count)) {
      throw new RangeError(`event ${index}, expected one from 0 to ${this.count - 1}`);
    }
    const word = (column: Growing<Int32Array<ArrayBuffer>>) => this.#words.word(column.at(index));
    const message = this.#message.at(index);
    const cause = JSON.parse(word(this.#cause)) as EventRow['cause'];
    return {
      index,
      virtualSeconds: this.#seconds.at(index),
      actor: this.#actors[this.#actor.at(index)]!.actor,
      event: word(this.#event),
      cause: message < 0 ? cause : ({ ...cause, message } as EventRow['cause']),
      before: word(this.#before),
      state: word(this.#state),
      microsteps: JSON.parse(word(this.#microsteps)) as EventRow['microsteps'],
    };
  }

  /** The last event up to a virtual time; -1 before the first. */
  placeAt(virtualSeconds: number): number {
    return this.#seconds.countUpTo(virtualSeconds) - 1;
  }

  secondsAt(index: number): number {
    return index < 0 ? 0 : this.#seconds.at(index);
  }

  /** The state of every actor after the event at a place; -1: before the first. */
  statesAt(index: number): Readonly<Record<string, string>> {
    const from = Math.floor((index + 1) / stride);
    const states = [...(this.#checkpoints[from - 1] ?? [])];
    for (const [actor, row] of this.#actors.entries()) states[actor] ??= this.#words.of(row.state);
    for (let at = from * stride; at <= index; at++) states[this.#actor.at(at)] = this.#state.at(at);
    return Object.fromEntries(
      this.#actors.map(({ actor }, number) => [actor, this.#words.word(states[number]!)]),
    );
  }

  /** How often an actor has entered its states and taken its transitions, the event at a place included. */
  countsAt(actor: string, index: number): Counts {
    const events = this.#byActor[this.#actorNumbers.get(actor) ?? -1];
    const times = new Map<number, number>();
    for (let k = 0, upTo = events?.countUpTo(index) ?? 0; k < upTo; k++) {
      const steps = this.#microsteps.at(events!.at(k));
      times.set(steps, (times.get(steps) ?? 0) + 1);
    }
    const [states, transitions] = [new Map<string, number>(), new Map<string, number>()];
    for (const [steps, count] of times) {
      for (const step of JSON.parse(this.#words.word(steps)) as EventRow['microsteps']) {
        states.set(step.state, (states.get(step.state) ?? 0) + count);
        for (const id of step.transitions) transitions.set(id, (transitions.get(id) ?? 0) + count);
      }
    }
    return { states: Object.fromEntries(states), transitions: Object.fromEntries(transitions) };
  }

  /** The first `limit` places from `from` on, forwards or backwards, of events that a filter is about. */
  find(filter: EventFilter, from: number, step: 1 | -1, limit: number): readonly number[] {
    const isWanted = this.#wanted(filter);
    const found: number[] = [];
    const actor = filter.actor === undefined ? undefined : (this.#actorNumbers.get(filter.actor) ?? -1);
    const events = actor === undefined ? null : this.#byActor[actor];
    if (events === undefined) return found;
    const length = events === null ? this.count : events.length;
    const upTo = (place: number) => (events === null ? clamped(place + 1, length) : events.countUpTo(place));
    const first = step > 0 ? upTo(from - 1) : upTo(from) - 1;
    for (let k = first; k >= 0 && k < length && found.length < limit; k += step) {
      const index = events === null ? k : events.at(k);
      if (isWanted(index)) found.push(index);
    }
    return found;
  }

  /** The first place where two runs differ, of what both have; null where they are alike so far. */
  firstDifference(other: EventIndex): number | null {
    const both = Math.min(this.count, other.count);
    for (let index = 0; index < both; index++) {
      if (!this.#isAlike(other, index)) return index;
    }
    return this.count === other.count ? null : both;
  }

  #isAlike(other: EventIndex, index: number): boolean {
    const [one, two] = [this.#written(index), other.#written(index)];
    return one.every((each, k) => each === two[k]);
  }

  #written(index: number): readonly (string | number)[] {
    const columns = [this.#event, this.#cause, this.#before, this.#state, this.#microsteps];
    return [
      this.#seconds.at(index),
      this.#message.at(index),
      this.#actors[this.#actor.at(index)]!.actor,
      ...columns.map((column) => this.#words.word(column.at(index))),
    ];
  }

  #wanted({ event, states }: EventFilter): (index: number) => boolean {
    const events = event === undefined ? null : this.#words.where((word) => word.includes(event));
    const entered = states === undefined ? null : this.#words.where((word) => states.includes(word));
    return (index) =>
      (events === null || events.has(this.#event.at(index))) &&
      (entered === null ||
        (entered.has(this.#state.at(index)) && this.#state.at(index) !== this.#before.at(index)));
  }

  #register(row: ActorRow): void {
    this.#actorNumbers.set(row.actor, this.#actors.push(row) - 1);
    this.#byActor.push(integers());
    this.#latest.push(this.#words.of(row.state));
  }

  #append({ virtualSeconds, actor, event, cause, before, state, microsteps }: EventRow): void {
    const number = this.#actorNumbers.get(actor);
    if (number === undefined) throw new Error(`${actor} takes an event before it is registered`);
    const { message = -1, ...named } = cause as { readonly message?: number };
    this.#byActor[number]!.push(this.count);
    this.#seconds.push(virtualSeconds);
    this.#actor.push(number);
    this.#event.push(this.#words.of(event));
    this.#cause.push(this.#words.of(JSON.stringify(named)));
    this.#before.push(this.#words.of(before));
    this.#state.push(this.#words.of(state));
    this.#microsteps.push(this.#words.of(JSON.stringify(microsteps)));
    this.#message.push(message);
    this.#latest[number] = this.#state.at(this.count - 1);
    if (this.count % stride === 0) this.#checkpoints.push(Int32Array.from(this.#latest));
  }
}

const clamped = (count: number, most: number) => Math.max(0, Math.min(count, most));
