import { asynchronous } from './asynchronous.js';
import { buffered } from './buffered.js';
import type { DisciplineStrategy } from './discipline.js';
import { overSelection } from './over-selection.js';
import { semiAsynchronous } from './semi-asynchronous.js';
import { synchronous } from './synchronous.js';
import { tiers } from './tiers.js';
import { timed } from './timed.js';

/** By the name that a scenario's `server.discipline` gives. */
export const disciplines = {
  synchronous,
  'over-selection': overSelection,
  asynchronous,
  buffered,
  timed,
  'semi-asynchronous': semiAsynchronous,
  tiers,
} as const satisfies Readonly<Record<string, DisciplineStrategy>>;
