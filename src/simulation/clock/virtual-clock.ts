import { EventHeap, type HeapEntry } from './event-heap.js';

/** The outcome of real work. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** Takes back what was scheduled; without effect once it has run. */
export type Cancel = () => void;

export interface ScheduleOptions {
  /** Order among events of one moment: lower first, 0 if absent; then the order of scheduling. */
  readonly priority?: number;
  /**
   * For what goes on by itself, as devices that come and go: asked when nothing else is to come, and where it
   * is false of all that is left the run is idle. Absent: the event is always waited for.
   */
  readonly counts?: () => boolean;
}

export interface RunOptions {
  /** Virtual time after which nothing more runs; the clock then stands exactly there. */
  readonly untilSeconds?: number | undefined;
  /** Asked before every event; true ends the run. */
  readonly stop?: (() => boolean) | undefined;
  /** Awaited before every event, which is due at this time: the run waits for it, and is the same run. */
  readonly before?: ((dueSeconds: number) => Promise<void>) | undefined;
  /** Ends the run before the next event, also while it waits for real work. */
  readonly signal?: AbortSignal | undefined;
  /** Called when a thousand events are left before the run would be stuck: what repeats can be looked at. */
  readonly nearlyStuck?: (() => void) | undefined;
}

/**
 * Why `run` returned: nothing left to do, `untilSeconds` reached, `stop` or `signal` said so, or time has stood still for
 * `mostAtOnce` events.
 */
export type RunEnd = 'idle' | 'until' | 'stopped' | 'stuck';

/** So many events before it would be stuck a run says so. */
const watched = 1_000;

/** Of an event that waits for no real work. */
const nothing = () => null;

/** So many events share a turn of the real event loop. */
const eventsATurn = 64;

interface Entry extends HeapEntry {
  readonly fire: () => void;
  /** Real work that must have settled before `fire` may run; null where there is none, or none any more. */
  readonly settled: () => Promise<void> | null;
  readonly counts: (() => boolean) | undefined;
}

/**
 * The virtual time of a simulation (decision D2): a heap of events keyed (integer microseconds, priority,
 * sequence). It is XState's clock (`createActor(machine, { clock })`) and what the simulation itself
 * schedules on. A positive delay under half a microsecond counts as one microsecond, so that repeating it
 * still moves time on. RangeError for a delay that is negative, not finite, or leads past 2^53 - 1 µs.
 */
export class VirtualClock {
  readonly #heap = new EventHeap<Entry>();
  /** Entries that the run need not wait for. */
  readonly #background = new Set<Entry>();
  readonly #timeouts = new Map<number, Cancel>();
  #nowMicroseconds = 0;
  #sequence = 0;
  #running = false;
  /** How many events of the present moment have run. */
  #atOnce = 0;

  /** So many events at one moment are a circle that never ends: a run is stuck there. */
  mostAtOnce = 1_000_000;

  get nowMicroseconds(): number {
    return this.#nowMicroseconds;
  }

  get nowSeconds(): number {
    return this.#nowMicroseconds / 1e6;
  }

  /** How many events are still to come. */
  get pending(): number {
    return this.#heap.size;
  }

  /** Runs `fire` when `delaySeconds` of virtual time have passed. */
  at(delaySeconds: number, fire: () => void, options: ScheduleOptions = {}): Cancel {
    return this.#add(delaySeconds * 1e6, options, fire, nothing);
  }

  /**
   * Lets real work overlap virtual time: when `delaySeconds` have passed, the run waits for `work` if need be
   * and then calls `deliver`, before anything later. A rejection is an outcome like a value, however early it
   * comes.
   */
  settleAfter<T>(delaySeconds: number, work: Promise<T>, deliver: (outcome: Outcome<T>) => void): Cancel {
    let outcome: Outcome<T> | undefined;
    const settled = work.then(
      (value) => void (outcome = { value }),
      (error: unknown) => void (outcome = { error }),
    );
    return this.#add(
      delaySeconds * 1e6,
      {},
      () => deliver(outcome!),
      () => (outcome ? null : settled),
    );
  }

  /** XState's clock; the delay is in milliseconds, and an infinite one never comes. */
  setTimeout(fire: () => void, delayMilliseconds: number): number {
    const id = this.#sequence;
    if (delayMilliseconds === Infinity) return this.#sequence++;
    const forgetAndFire = () => {
      this.#timeouts.delete(id);
      fire();
    };
    this.#timeouts.set(id, this.#add(delayMilliseconds * 1e3, {}, forgetAndFire, nothing));
    return id;
  }

  clearTimeout(id: number): void {
    this.#timeouts.get(id)?.();
    this.#timeouts.delete(id);
  }

  /**
   * Steps from due time to due time, never over one, until nothing is left or an option ends it. Before the
   * next event Node runs all that the event caused through promises, such as the end of a machine's promise actor: it
   * happens at the event's own time. The real event loop turns once for some events, so that signals and displays
   * stay alive. What an event throws rejects the run; the clock can then be run again. Only one run at a time.
   */
  async run(options: RunOptions = {}): Promise<RunEnd> {
    if (this.#running) throw new Error('the virtual clock is already running');
    const untilMicroseconds = (options.untilSeconds ?? Infinity) * 1e6;
    if (!(untilMicroseconds >= 0)) {
      throw new RangeError(`untilSeconds is ${options.untilSeconds}, expected a number of seconds from 0`);
    }
    this.#running = true;
    try {
      return await this.#steps(untilMicroseconds, options);
    } finally {
      this.#running = false;
    }
  }

  async #steps(untilMicroseconds: number, options: RunOptions): Promise<RunEnd> {
    for (;;) {
      const met = await this.#turn(() => this.#step(untilMicroseconds, options));
      if (typeof met === 'string') return met;
      if (met !== null) await this.#stepAfterWaiting(met, options);
    }
  }

  /**
   * Calls `step` as often as events share a turn, or until it gives something. Each call is an immediate of its own: after each
   * of them, and not only after their turn, Node runs what promises have to do.
   */
  async #turn<T>(step: () => T | null): Promise<T | null> {
    const outcome = await new Promise<Outcome<T | null>>((resolve) => {
      let left = eventsATurn;
      const next = () => {
        if (left === 0) return;
        try {
          const given = step();
          left = given === null ? left - 1 : 0;
          if (left === 0) resolve({ value: given });
        } catch (error) {
          left = 0;
          resolve({ error });
        }
      };
      for (let i = 0; i < eventsATurn; i++) setImmediate(next);
    });
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  /** Runs the next event; how the run ends, where it does, or an event that has to be waited for, which did not run. */
  #step(untilMicroseconds: number, { stop, before, signal, nearlyStuck }: RunOptions): RunEnd | Entry | null {
    if (signal?.aborted || stop?.()) return 'stopped';
    const entry = this.#heap.first();
    if (!entry || this.#isIdle()) return 'idle';
    if (entry.timeMicroseconds > untilMicroseconds) {
      this.#nowMicroseconds = Math.max(this.#nowMicroseconds, Math.floor(untilMicroseconds));
      return 'until';
    }
    if (entry.timeMicroseconds > this.#nowMicroseconds) this.#atOnce = 0;
    if (this.#atOnce >= this.mostAtOnce) return 'stuck';
    if (this.#atOnce === Math.max(0, this.mostAtOnce - watched)) nearlyStuck?.();
    if (before || entry.settled() !== null) return entry;
    this.#fire(entry);
    return null;
  }

  /** Runs an event when it has been waited for; if the run was aborted meanwhile, or the event cancelled or overtaken, not. */
  async #stepAfterWaiting(entry: Entry, { before, signal }: RunOptions): Promise<void> {
    const isNext = () => !signal?.aborted && this.#heap.first() === entry;
    if (before) {
      await before(entry.timeMicroseconds / 1e6);
      if (!isNext()) return;
    }
    this.#nowMicroseconds = entry.timeMicroseconds;
    const settled = entry.settled();
    if (settled !== null) {
      await this.#settledOrAborted(settled, signal);
      if (!isNext()) return;
    }
    this.#fire(entry);
  }

  #fire(entry: Entry): void {
    this.#nowMicroseconds = entry.timeMicroseconds;
    this.#remove(entry);
    this.#atOnce += 1;
    entry.fire();
  }

  /** Whether nothing is left that the run has to wait for. */
  #isIdle(): boolean {
    if (this.#heap.size > this.#background.size) return false;
    return [...this.#background].every(({ counts }) => !counts!());
  }

  #remove(entry: Entry): void {
    this.#heap.remove(entry);
    this.#background.delete(entry);
  }

  /** Resolves when the work has settled, or at once when the run is aborted. */
  async #settledOrAborted(settled: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    if (!signal) return settled;
    let wake: () => void = () => undefined;
    const aborted = new Promise<void>((resolve) => (wake = resolve));
    signal.addEventListener('abort', wake);
    if (signal.aborted) wake();
    await Promise.race([settled, aborted]);
    signal.removeEventListener('abort', wake);
  }

  #add(
    delayMicroseconds: number,
    { priority = 0, counts }: ScheduleOptions,
    fire: () => void,
    settled: Entry['settled'],
  ): Cancel {
    if (!Number.isFinite(priority)) throw new RangeError(`priority is ${priority}, expected a number`);
    const timeMicroseconds = this.#due(delayMicroseconds);
    const entry: Entry = {
      timeMicroseconds,
      priority,
      sequence: this.#sequence++,
      position: -1,
      fire,
      settled,
      counts,
    };
    this.#heap.add(entry);
    if (counts) this.#background.add(entry);
    return () => this.#remove(entry);
  }

  #due(delayMicroseconds: number): number {
    if (!(delayMicroseconds >= 0) || delayMicroseconds === Infinity) {
      throw new RangeError(`delay is ${delayMicroseconds / 1e6} s, expected a number from 0`);
    }
    const delay = delayMicroseconds > 0 ? Math.max(1, Math.round(delayMicroseconds)) : 0;
    const timeMicroseconds = this.#nowMicroseconds + delay;
    if (timeMicroseconds > Number.MAX_SAFE_INTEGER) {
      throw new RangeError(`delay of ${delayMicroseconds / 1e6} s leads past the clock's end, 2^53 - 1 µs`);
    }
    return timeMicroseconds;
  }
}
