import { setImmediate } from 'node:timers/promises';

/**
 * Places of the program where real work can go wrong without changing what a run comes to:
 *
 * - `try`: before an executor makes a try of a task. It may come late, or fail as if its worker had died.
 * - `result`: after a task's last try. It may come late, or the task is made again: both results have to be equal.
 * - `journal-find`: before a journal is asked. The answer may come late.
 * - `journal-keep`: before a journal's entry is written. It may come late, not at all, or twice.
 */
export type Place = 'try' | 'result' | 'journal-find' | 'journal-keep';

export type Mishap = { readonly delayTurns: number } | 'fail' | 'repeat';

/** Tells what goes wrong where; there are none in a normal run, and the soak draws them from its seed. */
export interface Mishaps {
  /** What happens at a place, as something of this key comes to it; null: nothing. */
  at(place: Place, key: string): Mishap | null;
}

/** What is left of a mishap once a delay is over; each of its turns is one of the real event loop. */
export async function afterDelay(mishap: Mishap | null): Promise<'fail' | 'repeat' | null> {
  if (mishap === null || typeof mishap === 'string') return mishap;
  for (let turn = 0; turn < mishap.delayTurns; turn++) await setImmediate();
  return null;
}
