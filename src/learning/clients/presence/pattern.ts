import type { Strategy } from '../../../strategies/strategy.js';
import type { OnTrace } from './on-trace.js';

/** What turns clients' devices off and on by itself, in virtual time. */
export interface PresencePattern {
  /** Whether a client's device is on at 0 s. */
  startsOn(this: void, client: string): boolean;
  /** What a device draws while it computes, where its class has no processor; absent: that is not modelled. */
  readonly computeWatts?: number;
  /** Turns it off and on from 0 s on; gives what is to hear of its load, where that matters. */
  follow?(device: PatternDevice): DeviceLoad | void;
}

/** A device as its pattern sees it. */
export interface PatternDevice {
  readonly client: string;
  nowSeconds(this: void): number;
  /** Fires in so many virtual seconds; the run does not go on for it alone. Gives what takes it back. */
  after(this: void, seconds: number, fire: () => void): () => void;
  turn(this: void, on: boolean): void;
  /** Its battery has so much in it, and from now on so much flows into it and out of it. */
  tellCharge(this: void, charge: Charge): void;
}

/** What is in a battery. */
export interface Charge {
  readonly joules: number;
  readonly capacityJoules: number;
  /** From now on: into it by charging, and out of it by computing. */
  readonly chargingWatts: number;
  readonly computingWatts: number;
  /** Whether it lets its device be on. */
  readonly isOn: boolean;
}

/** What a device does, as it does it. */
export interface DeviceLoad {
  /** Its radio has spent so many joules. */
  spend(joules: number): void;
  /** Its computing draws so many watts from now on; 0: it has ended. */
  computes(watts: number): void;
}

/** What all patterns are made from. */
export interface PresenceSettings {
  readonly seed: number;
  /** Of all clients, in their order. */
  readonly clients: readonly string[];
  /** The file that the choice names; null where it names none. */
  readonly trace: OnTrace | null;
}

export type PresenceStrategy = Strategy<PresencePattern, PresenceSettings>;
