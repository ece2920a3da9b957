import { setImmediate } from 'node:timers/promises';
import type { Mishap, Mishaps, Place } from '../src/simulation/mishaps.js';
import { stream } from '../src/simulation/random/stream.js';

type Kind = 'delay' | 'fail' | 'repeat';

/** How likely a mishap of each kind is, as something comes to a place. */
export type Chances = Readonly<Record<Place, Readonly<Partial<Record<Kind, number>>>>>;

const usual: Chances = {
  try: { delay: 0.1, fail: 0.1 },
  result: { delay: 0.1, repeat: 0.05 },
  'journal-find': { delay: 0.1 },
  'journal-keep': { delay: 0.1, repeat: 0.1 },
};

/** A run tries a task three times by default, so a place fails a key once at most: a thread may die under it besides. */
const mostFailures = 1;
const mostTurns = 20;

/** Mishaps that follow from the seed, the place, the key and how often it came there: not from real time. */
export class DrawnMishaps implements Mishaps {
  readonly #seed: number;
  readonly #chances: Chances;
  readonly #visits = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  #events = 0;
  /** How many there were of each kind. */
  readonly counts: Record<Kind, number> = { delay: 0, fail: 0, repeat: 0 };

  constructor(seed: number, chances: Partial<Chances> = {}) {
    this.#seed = seed;
    this.#chances = { ...usual, ...chances };
  }

  at(place: Place, key: string): Mishap | null {
    const visited = `${place} ${key}`;
    const visit = (this.#visits.get(visited) ?? 0) + 1;
    this.#visits.set(visited, visit);
    const draw = stream(this.#seed, 'mishap', place, key, visit);
    const kind = kindOf(this.#chances[place], draw.uniform());
    if (kind === null) return null;
    if (kind === 'fail') {
      const failures = (this.#failures.get(visited) ?? 0) + 1;
      if (failures > mostFailures) return null;
      this.#failures.set(visited, failures);
    }
    this.counts[kind] += 1;
    return kind === 'delay' ? { delayTurns: 1 + draw.below(mostTurns) } : kind;
  }

  /** For `before` of a run, at every timer and between any two bus posts: some turns more of the real event loop. */
  readonly before = async (): Promise<void> => {
    const draw = stream(this.#seed, 'mishap', 'event', ++this.#events);
    if (draw.uniform() > 0.02) return;
    this.counts.delay += 1;
    for (let turn = draw.below(mostTurns); turn >= 0; turn--) await setImmediate();
  };
}

function kindOf(chances: Chances[Place], uniform: number): Kind | null {
  let rest = uniform;
  for (const [kind, chance] of Object.entries(chances) as [Kind, number][]) {
    if (rest < chance) return kind;
    rest -= chance;
  }
  return null;
}
