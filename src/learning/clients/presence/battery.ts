import Type, { type Static } from 'typebox';
import { strategy } from '../../../strategies/strategy.js';
import type { DeviceLoad, PatternDevice, PresencePattern, PresenceSettings } from './pattern.js';

const options = Type.Object({
  capacityJoules: Type.Number({ exclusiveMinimum: 0, default: 50_000, description: 'of a full battery' }),
  startShare: Type.Number({
    exclusiveMinimum: 0,
    maximum: 1,
    default: 1,
    description: 'share of the capacity at the start',
  }),
  computeWatts: Type.Number({
    minimum: 0,
    default: 5,
    description: 'while a device without a `processor` computes',
  }),
  chargeWatts: Type.Number({ minimum: 0, default: 10, description: 'while it is charged' }),
  chargeFromSeconds: Type.Number({
    minimum: 0,
    default: 79_200,
    description: 'of the period, when charging begins; after its end: the time over the end of the period',
  }),
  chargeToSeconds: Type.Number({ minimum: 0, default: 21_600, description: 'of the period, when it ends' }),
  periodSeconds: Type.Number({ exclusiveMinimum: 0, default: 86_400, description: 'of charging' }),
  restartShare: Type.Number({
    exclusiveMinimum: 0,
    maximum: 1,
    default: 0.2,
    description: 'share of the capacity at which an empty device is on again',
  }),
});

export type Battery = Static<typeof options>;

/**
 * A battery: its radio takes joules as they are spent, computing takes watts, charging gives watts in one time of
 * each period. Empty, the device is off until it is charged to `restartShare`. Whatever else a device does
 * takes nothing.
 */
export const battery = strategy({
  name: 'battery',
  description: 'off when the battery is empty, on again when it is charged',
  options,
  make: (settings: PresenceSettings & Battery): PresencePattern => ({
    startsOn: () => true,
    computeWatts: settings.computeWatts,
    follow: (device) => new Charge(settings, device),
  }),
});

/** The charge of one device, kept as of its latest change: between changes it moves in a straight line. */
class Charge implements DeviceLoad {
  readonly #battery: Battery;
  readonly #device: PatternDevice;
  #joules: number;
  #asOfSeconds = 0;
  #computeWatts = 0;
  #isOn = true;
  #cancel: () => void = () => undefined;

  constructor(battery: Battery, device: PatternDevice) {
    this.#battery = battery;
    this.#device = device;
    this.#joules = battery.startShare * battery.capacityJoules;
    this.#schedule();
  }

  spend(joules: number): void {
    this.#settle();
    this.#joules = Math.max(0, this.#joules - joules);
    this.#schedule();
  }

  computes(watts: number): void {
    this.#settle();
    this.#computeWatts = watts;
    this.#schedule();
  }

  get #phaseSeconds(): number {
    return this.#device.nowSeconds() % this.#battery.periodSeconds;
  }

  get #isCharging(): boolean {
    const { chargeFromSeconds: from, chargeToSeconds: to } = this.#battery;
    const [past, left] = [this.#phaseSeconds >= from, this.#phaseSeconds < to];
    return from <= to ? past && left : past || left;
  }

  /** Watts into the battery since its latest change, less those out of it. */
  #watts = 0;

  #settle(): void {
    const now = this.#device.nowSeconds();
    const joules = this.#joules + this.#watts * (now - this.#asOfSeconds);
    this.#joules = Math.min(this.#battery.capacityJoules, Math.max(0, joules));
    this.#asOfSeconds = now;
  }

  /** Waits for whatever comes first: empty, charged enough, or charging begins or ends. */
  #schedule(): void {
    const { chargeWatts, capacityJoules, restartShare } = this.#battery;
    const chargingWatts = this.#isCharging ? chargeWatts : 0;
    this.#watts = chargingWatts - this.#computeWatts;
    this.#device.tellCharge({
      ...{ joules: this.#joules, capacityJoules, chargingWatts, isOn: this.#isOn },
      computingWatts: this.#computeWatts,
    });
    const missing = this.#isOn ? -this.#joules : restartShare * capacityJoules - this.#joules;
    const isThere = this.#isOn ? missing >= 0 : missing <= 0;
    const turnsIn = isThere ? 0 : missing / this.#watts > 0 ? missing / this.#watts : Infinity;
    this.#cancel();
    const edgeIn = this.#edgeInSeconds();
    if (turnsIn === Infinity && edgeIn === Infinity) this.#cancel = () => undefined;
    else if (turnsIn <= edgeIn) this.#cancel = this.#device.after(turnsIn, () => this.#turn());
    else this.#cancel = this.#device.after(edgeIn, () => this.#goOn());
  }

  /** Nothing but the watts has changed. */
  #goOn(): void {
    this.#settle();
    this.#schedule();
  }

  /** The charge has come to the level at which the device goes off, or on; exactly, but for rounding. */
  #turn(): void {
    this.#settle();
    this.#isOn = !this.#isOn;
    this.#joules = this.#isOn
      ? Math.max(this.#joules, this.#battery.restartShare * this.#battery.capacityJoules)
      : 0;
    this.#device.turn(this.#isOn);
    this.#schedule();
  }

  /** Until charging next begins or ends; Infinity where that changes nothing. */
  #edgeInSeconds(): number {
    if (this.#battery.chargeWatts === 0) return Infinity;
    const { chargeFromSeconds, chargeToSeconds, periodSeconds } = this.#battery;
    const until = (edge: number) => {
      const seconds = (edge - this.#phaseSeconds) % periodSeconds;
      return seconds > 0 ? seconds : seconds + periodSeconds;
    };
    return Math.min(until(chargeFromSeconds), until(chargeToSeconds));
  }
}
