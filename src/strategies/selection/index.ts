import { all } from './all.js';
import { random } from './random.js';
import type { SelectionStrategy } from './selection.js';

/** By the name that a scenario's `server.selection` gives. */
export const selections = { all, random } as const satisfies Readonly<Record<string, SelectionStrategy>>;
