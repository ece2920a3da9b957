import { setTimeout } from 'node:timers/promises';

/** What the page may ask of a live run. */
export type PaceCommand =
  | { readonly do: 'pause' }
  | { readonly do: 'go'; readonly virtualSecondsPerSecond: number | null }
  | { readonly do: 'step'; readonly by: 'event' | 'round' };

/** How long a slowed run sleeps at a time: so soon does it hear of another pace. */
const napMilliseconds = 50;

/**
 * Holds a run up before each event of its clock, for as long as somebody who looks at it wants. The run itself
 * does not know: its order and its results are those of virtual time.
 */
export class Pace {
  #mode: 'going' | 'paused' = 'going';
  /** Null: as fast as it can. */
  #speed: number | null = null;
  /** Until what it goes on from a pause; null: it does not. */
  #step: 'event' | 'round' | null = null;
  #wake: (() => void) | null = null;
  #slowedSince: { readonly virtualSeconds: number; readonly atMilliseconds: number } | null = null;
  #isOver = false;

  get isPaused(): boolean {
    return this.#mode === 'paused' && this.#step === null;
  }

  get virtualSecondsPerSecond(): number | null {
    return this.#speed;
  }

  obey(command: PaceCommand): void {
    switch (command.do) {
      case 'pause':
        [this.#mode, this.#step] = ['paused', null];
        break;
      case 'go':
        [this.#mode, this.#step, this.#speed] = ['going', null, command.virtualSecondsPerSecond];
        this.#slowedSince = null;
        break;
      case 'step':
        [this.#mode, this.#step] = ['paused', command.by];
        break;
    }
    this.#wakeUp();
  }

  /** A round was closed: a step by rounds ends here. */
  roundClosed(): void {
    if (this.#step === 'round') this.#step = null;
  }

  /** Nobody looks any more: the run goes on by itself. */
  release(): void {
    this.#isOver = true;
    this.#wakeUp();
  }

  /** What the run waits for before an event that is due at a virtual time. */
  before = async (dueSeconds: number): Promise<void> => {
    while (!this.#isOver) {
      if (this.isPaused) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#slowedSince = null;
        continue;
      }
      if (this.#mode === 'paused') {
        if (this.#step === 'event') this.#step = null;
        return;
      }
      const milliseconds = this.#aheadMilliseconds(dueSeconds);
      if (milliseconds <= 0) return;
      await setTimeout(Math.min(milliseconds, napMilliseconds));
    }
  };

  /** By how much the event would come too early at the present speed. */
  #aheadMilliseconds(dueSeconds: number): number {
    if (this.#speed === null) return 0;
    const now = performance.now();
    this.#slowedSince ??= { virtualSeconds: dueSeconds, atMilliseconds: now };
    const { virtualSeconds, atMilliseconds } = this.#slowedSince;
    return atMilliseconds + (1e3 * (dueSeconds - virtualSeconds)) / this.#speed - now;
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = null;
  }
}

/** A command as it came over a socket; null where it is none. */
export function paceCommand(text: string): PaceCommand | null {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof given !== 'object' || given === null) return null;
  const { do: verb, by, virtualSecondsPerSecond: speed } = given as Readonly<Record<string, unknown>>;
  if (verb === 'pause') return { do: 'pause' };
  if (verb === 'step' && (by === 'event' || by === 'round')) return { do: 'step', by };
  if (verb !== 'go') return null;
  if (speed === null) return { do: 'go', virtualSecondsPerSecond: null };
  return typeof speed === 'number' && speed > 0 && Number.isFinite(speed)
    ? { do: 'go', virtualSecondsPerSecond: speed }
    : null;
}
