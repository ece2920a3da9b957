import type { Server } from '../settings.js';
import type { Stream } from '../../simulation/random/stream.js';
import { selectAll } from './all.js';
import { selectRandom } from './random.js';

/**
 * Who takes part in a round: some of `clients`, in their order, at least one. `fraction` in (0, 1] is the
 * scenario's `selectionFraction`; `draw` belongs to the stage and the round.
 */
export type Selection = (clients: readonly string[], fraction: number, draw: Stream) => readonly string[];

/** By the name that a scenario's `server.selection` gives. */
export const selections: Readonly<Record<Server['selection'], Selection>> = {
  all: selectAll,
  random: selectRandom,
};
