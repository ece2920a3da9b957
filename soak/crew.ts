import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Written } from './random-scenario.js';

/** What is to be run twice: the second time with mishaps that follow from the seed. */
export interface Trial {
  readonly written: Written;
  readonly mishapSeed: number;
}

export interface Tried {
  /** "refused", why the run ended, "hang", or "broken". */
  readonly end: string;
  /** The promise that was broken, in words; null: none. */
  readonly problem: string | null;
  readonly roundsWhenWell: number;
  readonly mishaps: number;
}

/** A process of its own that runs scenarios, one at a time: one that hangs is ended, and another takes its place. */
export class Hand {
  readonly #limitSeconds: number;
  #child: ChildProcess | null = null;

  constructor(limitSeconds: number) {
    this.#limitSeconds = limitSeconds;
  }

  async try(trial: Trial): Promise<Tried> {
    const child = (this.#child ??= fork(new URL('./scenario-child.js', import.meta.url)));
    const over = new AbortController();
    const { signal } = over;
    child.send(trial);
    const late = sleep(1e3 * this.#limitSeconds, 'late' as const, { signal }).catch(() => 'late' as const);
    const answer = once(child, 'message', { signal }) as Promise<[Tried]>;
    const exit = once(child, 'exit', { signal }).then(([code, by]) => `exit code ${code ?? by}`);
    // Those that lose are aborted below, and what they reject with then is of no interest.
    for (const loser of [answer, exit]) loser.catch(() => undefined);
    const first = await Promise.race([answer, exit, late]);
    over.abort();
    if (typeof first !== 'string') return first[0];
    this.close();
    const none = { roundsWhenWell: 0, mishaps: 0 };
    return first === 'late'
      ? { end: 'hang', problem: `has not ended within ${this.#limitSeconds} s of real time`, ...none }
      : { end: 'broken', problem: `the process ended: ${first}`, ...none };
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }
}
