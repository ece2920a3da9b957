import { UserError } from '../../../errors.js';
import { stream } from '../../../simulation/random/stream.js';
import type { KeyedClient } from '../../../settings/per-client.js';
import { startOf, uniformOver, type Position, type Track } from './positions.js';
import type { Cell } from './settings.js';

type Mobility = NonNullable<Cell['mobility']>;

/** A straight way at constant speed, and the pause at its end. */
interface Leg {
  readonly from: Position;
  readonly to: Position;
  readonly lengthMeters: number;
  readonly startSeconds: number;
  readonly arrivalSeconds: number;
  readonly endSeconds: number;
  /** Way travelled before this leg. */
  readonly startMeters: number;
}

/**
 * What a car at 30 m/s makes in a cell of 250 m in three weeks; without a bound, a speed in the wrong unit
 * would run for ever.
 */
const maxLegs = 250_000;

/**
 * Random waypoint (Johnson and Maltz 1996): from where it is a client goes straight to a point uniform over
 * the ring, at a speed uniform between the two bounds, rests, and goes on to the next. Draws are keyed by
 * client and leg.
 *
 * Two things to know. A straight way may pass nearer to the server than `minDistanceMeters`; the link budget
 * then counts the minimum. And the first position is uniform over the cell, whereas clients under way are
 * more often near its middle (Bettstetter, Resta and Santi, IEEE Trans. Mobile Computing 2003), so that the
 * mean SNR improves over the first few legs.
 *
 * Kept are when and where on its odometer each leg began, and the latest leg asked for; legs are added from the
 * last known one, so that nothing depends on the order of the questions.
 */
export class RandomWaypoint implements Track {
  readonly #startSeconds: number[] = [0];
  readonly #startMeters: number[] = [0];
  #index = 0;
  #leg: Leg;

  constructor(
    readonly cell: Cell,
    readonly mobility: Mobility,
    readonly client: KeyedClient,
  ) {
    this.#leg = this.#legFrom(startOf(cell, client), 0);
  }

  at(seconds: number): Position {
    const { from, to } = this.#legAt(seconds);
    const done = this.#doneAt(seconds);
    return { x: from.x + done * (to.x - from.x), y: from.y + done * (to.y - from.y) };
  }

  distanceMeters(seconds: number): number {
    const { from, to } = this.#legAt(seconds);
    const done = this.#doneAt(seconds);
    const x = from.x + done * (to.x - from.x);
    const y = from.y + done * (to.y - from.y);
    return Math.sqrt(x * x + y * y);
  }

  travelledMeters(seconds: number): number {
    const { startMeters, lengthMeters } = this.#legAt(seconds);
    return startMeters + this.#doneAt(seconds) * lengthMeters;
  }

  /** Share of the present leg's way that is done. */
  #doneAt(seconds: number): number {
    const { startSeconds, arrivalSeconds } = this.#leg;
    return seconds >= arrivalSeconds ? 1 : (seconds - startSeconds) / (arrivalSeconds - startSeconds);
  }

  #legAt(seconds: number): Leg {
    const leg = this.#leg;
    if (seconds >= leg.startSeconds && seconds < leg.endSeconds) return leg;
    if (!(seconds >= 0) || seconds === Infinity) {
      throw new RangeError(`a position at ${seconds} s: expected a finite time of at least 0`);
    }
    if (seconds < leg.startSeconds) this.#goBackTo(seconds);
    while (seconds >= this.#leg.endSeconds) this.#goOn();
    return this.#leg;
  }

  #goOn(): void {
    const { to, endSeconds, startMeters, lengthMeters } = this.#leg;
    const index = this.#index + 1;
    if (index === maxLegs) throw this.#tooManyLegs();
    this.#startSeconds[index] = endSeconds;
    this.#startMeters[index] = startMeters + lengthMeters;
    this.#leg = this.#legFrom(to, index);
    this.#index = index;
  }

  /** To the last leg that starts at or before a time in the past. */
  #goBackTo(seconds: number): void {
    let low = 0;
    let high = this.#index;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#startSeconds[middle]! <= seconds) low = middle;
      else high = middle - 1;
    }
    const from = low === 0 ? startOf(this.cell, this.client) : uniformOver(this.cell, this.#drawsOf(low - 1));
    this.#leg = this.#legFrom(from, low);
    this.#index = low;
  }

  #legFrom(from: Position, index: number): Leg {
    const draw = this.#drawsOf(index);
    const to = uniformOver(this.cell, draw);
    const { minSpeedMetersPerSecond: least, maxSpeedMetersPerSecond: most, pauseSeconds } = this.mobility;
    const speedMetersPerSecond = least + (most - least) * draw.uniform();
    const lengthMeters = Math.sqrt((to.x - from.x) ** 2 + (to.y - from.y) ** 2);
    const startSeconds = this.#startSeconds[index]!;
    const arrivalSeconds = startSeconds + lengthMeters / speedMetersPerSecond;
    return {
      from,
      to,
      lengthMeters,
      startSeconds,
      arrivalSeconds,
      endSeconds: arrivalSeconds + pauseSeconds,
      startMeters: this.#startMeters[index]!,
    };
  }

  #drawsOf(leg: number) {
    return stream(this.client.seed, 'waypoint', this.client.id, leg);
  }

  #tooManyLegs(): UserError {
    const { minSpeedMetersPerSecond: least, maxSpeedMetersPerSecond: most } = this.mobility;
    return new UserError(
      `/channel/cell/mobility: ${this.client.id} has walked ${maxLegs} legs by ${this.#leg.endSeconds} s ` +
        `of virtual time at ${least} to ${most} m/s, expected fewer; lower the speeds or widen the cell`,
    );
  }
}
