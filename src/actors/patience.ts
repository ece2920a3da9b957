import type { ClientContext } from '../../machines/client.js';
import type { Memories } from '../../machines/events.js';
import { recalled, remembered } from '../learning/params/memory.js';
import type { Figure } from '../learning/training/figure.js';
import type { Method, TuningStage } from '../strategies/methods/method.js';
import { resting } from '../strategies/methods/parts.js';
import type { World } from './world.js';

/*
 * Early stop by client (`instruction.privatePatience`). A client's least validation loss, and its rounds since, stand
 * among what it remembers of what it has sent, as its terms do: they are true with the acknowledgement of the update.
 */

const name = 'patience';

/** The least validation loss of a client, and for how many rounds its loss has not been below it. */
export interface Patience {
  readonly least: number | null;
  readonly rounds: number;
}

/** After another round, which ended with this loss; one that was not measured counts for nothing. */
export function patienceAfter({ least, rounds }: Patience, loss: Figure): Patience {
  if (loss === null) return { least, rounds };
  return least === null || loss < least ? { least: loss, rounds: 0 } : { least, rounds: rounds + 1 };
}

/** The method as a client follows it in a round: its private parts rest while its loss does not fall. */
export function methodFor(world: World, context: ClientContext, stage: TuningStage): Method {
  const { privatePatience } = world.scenario.instruction;
  if (stage !== 'instruction' || privatePatience === null) return world.method;
  return patienceOf(world, context).rounds >= privatePatience ? resting(world.method) : world.method;
}

/** What its client will remember once the update is delivered. */
export function patienceLeft(world: World, context: ClientContext, loss: Figure): Memories {
  if (world.scenario.instruction.privatePatience === null) return {};
  const notes = { ...patienceAfter(patienceOf(world, context), loss) };
  return { [name]: remembered(world.store, { sets: {}, notes }) };
}

function patienceOf({ store }: World, { memory }: ClientContext): Patience {
  const known = memory[name];
  if (!known) return { least: null, rounds: 0 };
  const { least, rounds } = recalled(store, known).notes;
  return { least: typeof least === 'number' ? least : null, rounds: Number(rounds) };
}
