import { always } from './always.js';
import { battery } from './battery.js';
import { daily } from './daily.js';
import { markov } from './markov.js';
import type { PresenceStrategy } from './pattern.js';

/** By the name that a scenario's `clients.presence` gives. */
export const presences = { always, battery, markov, daily } as const satisfies Readonly<
  Record<string, PresenceStrategy>
>;
