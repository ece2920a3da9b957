import type { Turn } from './activity.js';
import type { Span } from './layers.js';
import { isLongStep } from './work.js';

/**
 * An actor's turns in the order of time, as far as they say what it has done since a time, or what an update that it
 * sends from then on was made by: the last work that it began before, with all that it did for that round, whether
 * its device is off, and the last turn.
 */
export class Turns {
  #turns: readonly Turn[] = [];

  get all(): readonly Turn[] {
    return this.#turns;
  }

  add(turn: Turn): void {
    (this.#turns as Turn[]).push(turn);
  }

  /** Since when it has been at work; null where it is not. */
  get atWorkSince(): number | null {
    const last = this.#turns.at(-1);
    return last && isLongStep(last) ? last.virtualSeconds : null;
  }

  /** Leaves what counts from a time on. */
  forgetBefore(seconds: number): void {
    const past = this.#turns.filter(({ virtualSeconds }) => virtualSeconds < seconds);
    const work = lastWork(past);
    const presence = past.findLastIndex(({ type }) => type === 'presence');
    const isKept = (_: Turn, index: number) =>
      (index >= work.first && index <= work.end) || index === presence || index >= past.length - 1;
    this.#turns = this.#turns.filter(isKept);
  }

  /** From the beginning of the work that is left to its end; null where none is. */
  get workSpan(): Span | null {
    const first = this.#turns.find(isLongStep);
    if (first === undefined) return null;
    const last = this.#turns.findLastIndex(isLongStep);
    const toSeconds = this.#turns[last + 1]?.virtualSeconds ?? Infinity;
    return { fromSeconds: first.virtualSeconds, toSeconds };
  }
}

/** Where the last work begins, with what came before it for the same round, and where the turn is that ended it. */
function lastWork(turns: readonly Turn[]): { readonly first: number; readonly end: number } {
  const last = turns.findLastIndex(isLongStep);
  if (last < 0) return { first: 0, end: -1 };
  const { round, step } = turns[last] as Extract<Turn, { type: 'step' }>;
  let first = last;
  for (let i = last - 1; i >= 0; i--) {
    const turn = turns[i]!;
    if (!isLongStep(turn)) continue;
    if (turn.round !== round || turn.step[0] !== step[0]) break;
    first = i;
  }
  return { first, end: last + 1 };
}
