import type { DeviceLoad, PresencePattern } from '../learning/clients/presence/pattern.js';
import { sum } from '../moments.js';
import type { RunEvent, TaskStarted } from '../records/run-event.js';
import type { CrashCause, PresenceRow } from '../records/rows.js';
import type { ChargeEvent } from '../records/state-events.js';
import type { Cancel, VirtualClock } from '../simulation/clock/virtual-clock.js';

/** Who hears of a client that comes and goes. */
export interface PresenceListener {
  wentOff(client: string, crashed: boolean): void;
  cameBack(client: string): void;
  /** Whether anything waits for a client: only then does a run go on for what will turn it off or on. */
  isAwaited(client: string): boolean;
}

export interface PresenceOptions {
  readonly clients: readonly string[];
  readonly clock: VirtualClock;
  /** What turns devices off and on by itself, and its name. */
  readonly pattern: PresencePattern;
  readonly patternName: string;
  /** Hears of each change before the listener. */
  record(row: PresenceRow): void;
  /** Hears what is in a battery. */
  tellCharge(this: void, charge: ChargeEvent): void;
}

/** Why a device is off: its pattern says so, it crashed, or it has left. */
type Hold = 'pattern' | 'crash' | 'leave';

interface Device {
  readonly holds: Set<Hold>;
  /** The tasks that it works on, by their numbers, and the watts that each draws. */
  readonly tasks: Map<number, number>;
  load: DeviceLoad | void;
  /** What lets it come back from a crash; null where nothing will. */
  restart: Cancel | null;
}

/** Turns of a moment come before its messages. */
const turnPriority = -2;

/** Who of a run's clients is on. A device is on while nothing holds it off. */
export class Presence {
  readonly #devices: ReadonlyMap<string, Device>;
  readonly #options: PresenceOptions;
  #listener: PresenceListener | null = null;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#devices = new Map(
      options.clients.map((client) => {
        const holds = new Set<Hold>(options.pattern.startsOn(client) ? [] : ['pattern']);
        return [client, { holds, tasks: new Map(), load: undefined, restart: null }];
      }),
    );
  }

  /** What a device draws while it computes, where its class has no processor. */
  get computeWatts(): number {
    return this.#options.pattern.computeWatts ?? 0;
  }

  /** Whether a client's device is on; the server always is. */
  isOn(client: string): boolean {
    return (this.#devices.get(client)?.holds.size ?? 0) === 0;
  }

  /**
   * A device crashes: it is off at once, and loses what it works on and what its model became since the latest
   * update that it sent. In so many seconds it is on again; null: never, but for `join`. Rows give the cause.
   */
  crash(client: string, seconds: number | null, cause: CrashCause = 'crash'): void {
    const device = this.#deviceOf(client);
    device.restart?.();
    device.restart = null;
    device.holds.add('crash');
    this.#off(client, cause, true);
    if (seconds === null) return;
    device.restart = this.#after(client, seconds, () => {
      device.restart = null;
      this.#release(client, ['crash'], cause);
    });
  }

  /** A client leaves: off, with its model, until it joins again. */
  leave(client: string): void {
    this.#hold(client, 'leave', 'leave');
  }

  /** A client that has left, or crashed for good, is on again, unless its pattern holds it off. */
  join(client: string): void {
    const device = this.#deviceOf(client);
    device.restart?.();
    device.restart = null;
    this.#release(client, ['leave', 'crash'], 'join');
  }

  /** Begins at the present moment, before its messages. */
  start(listener: PresenceListener): void {
    const { clock, clients, pattern, patternName, tellCharge } = this.#options;
    this.#listener = listener;
    const begin = () => {
      for (const client of clients) {
        const device = this.#deviceOf(client);
        if (device.holds.size > 0) this.#off(client, patternName, false);
        device.load = pattern.follow?.({
          client,
          nowSeconds: () => clock.nowSeconds,
          after: (seconds, fire) => this.#after(client, seconds, fire),
          turn: (on) =>
            on ? this.#release(client, ['pattern'], patternName) : this.#hold(client, 'pattern', patternName),
          tellCharge: (charge) =>
            tellCharge({ type: 'charge', actor: client, ...charge, virtualSeconds: clock.nowSeconds }),
        });
      }
    };
    clock.at(0, begin, { priority: turnPriority });
  }

  /** Hears what the run tells, for what devices do. */
  next(event: RunEvent): void {
    if (event.type === 'bus' && event.event.phase === 'attempt') {
      const { attempt, envelope } = event.event;
      this.#devices.get(envelope.from)?.load?.spend(attempt.transmitJoules + attempt.idleJoules);
      this.#devices.get(envelope.to)?.load?.spend(attempt.receiveJoules);
    }
    if (event.type !== 'task-started' && event.type !== 'task-finished' && event.type !== 'task-dropped')
      return;
    const device = this.#devices.get(event.actor);
    if (!device) return;
    if (event.type === 'task-started') device.tasks.set(event.number, wattsOf(event));
    else device.tasks.delete(event.number);
    device.load?.computes(sum([...device.tasks.values()]));
  }

  #hold(client: string, hold: Hold, cause: string): void {
    const { holds } = this.#deviceOf(client);
    const wasOn = holds.size === 0;
    holds.add(hold);
    if (wasOn) this.#off(client, cause, false);
  }

  #release(client: string, released: readonly Hold[], cause: string): void {
    const { holds } = this.#deviceOf(client);
    const wasOff = holds.size > 0;
    for (const hold of released) holds.delete(hold);
    if (!wasOff || holds.size > 0) return;
    this.#record(client, true, cause);
    this.#listener?.cameBack(client);
  }

  #off(client: string, cause: string, crashed: boolean): void {
    const device = this.#deviceOf(client);
    this.#record(client, false, cause);
    device.tasks.clear();
    device.load?.computes(0);
    this.#listener?.wentOff(client, crashed);
  }

  #record(actor: string, on: boolean, cause: string): void {
    const virtualSeconds = this.#options.clock.nowSeconds;
    this.#options.record({ type: 'presence', actor, virtualSeconds, on, cause });
  }

  /** The run waits for it only where something waits for the client, and the client can come back. */
  #after(client: string, seconds: number, fire: () => void): Cancel {
    const { holds } = this.#deviceOf(client);
    const counts = () =>
      !holds.has('leave') &&
      !(holds.has('crash') && this.#deviceOf(client).restart === null) &&
      (this.#listener?.isAwaited(client) ?? false);
    return this.#options.clock.at(seconds, fire, { counts, priority: turnPriority });
  }

  #deviceOf(client: string): Device {
    const device = this.#devices.get(client);
    if (!device) throw new Error(`no client is called ${client}`);
    return device;
  }
}

function wattsOf({ joules, seconds }: TaskStarted): number {
  return seconds === 0 ? 0 : joules / seconds;
}
