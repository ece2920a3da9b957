import { joulesOf, sides } from './energy/energy.js';
import type { RoundRow } from './rows.js';
import type { RoundsSummary } from './stage-summary.js';

/** Rounds of a stage with the mean delay and energy of one. */
export class RoundMeans {
  #rounds = 0;
  #delaySeconds = 0;
  #energyJoules = 0;
  readonly #joules = { devices: 0, server: 0 };
  /** Rounds with energy by side: none in records of an earlier version. */
  #known = 0;

  add({
    delaySeconds,
    energyJoules,
    energy,
  }: Pick<RoundRow, 'delaySeconds' | 'energyJoules'> & Partial<RoundRow>) {
    this.#rounds += 1;
    this.#delaySeconds += delaySeconds;
    this.#energyJoules += energyJoules;
    if (energy === undefined) return;
    this.#known += 1;
    for (const side of sides) this.#joules[side] += joulesOf(energy[side]);
  }

  /** Null where no round was closed. */
  get summary(): RoundsSummary | null {
    if (this.#rounds === 0) return null;
    const perRound = (joules: number) => (this.#known < this.#rounds ? null : joules / this.#rounds);
    return {
      rounds: this.#rounds,
      delaySecondsPerRound: this.#delaySeconds / this.#rounds,
      energyJoulesPerRound: this.#energyJoules / this.#rounds,
      deviceJoulesPerRound: perRound(this.#joules.devices),
      serverJoulesPerRound: perRound(this.#joules.server),
    };
  }
}
