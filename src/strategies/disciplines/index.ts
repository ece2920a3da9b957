import type { DisciplineStrategy } from './discipline.js';
import { synchronous } from './synchronous.js';

/** By the name that a scenario's `server.discipline` gives. */
export const disciplines = { synchronous } as const satisfies Readonly<Record<string, DisciplineStrategy>>;
