import type { ClientContext } from '../../machines/client.js';
import type { Memories } from '../../machines/events.js';
import type { TunedSets } from '../learning/model/slots.js';
import { recalled, remembered } from '../learning/params/memory.js';
import type { Phase } from '../learning/training/phase.js';
import type { TuningStage } from '../strategies/methods/method.js';
import { momentAt } from '../strategies/methods/parts.js';
import { phasesAt } from '../strategies/methods/work.js';
import { methodFor } from './patience.js';
import { roundOf } from './rounds.js';
import type { World } from './world.js';

/*
 * What the terms of a method remember from order to order stands among what the client remembers of what it has sent,
 * under a name of its own: it becomes true with the acknowledgement of the update that it belongs to (decision D12).
 */

interface Given {
  readonly hyper: { readonly phases?: readonly Phase[] };
  readonly params: { readonly state?: TunedSets };
}

const nameOf = (stage: TuningStage) => `terms of ${stage}`;

/** The phases of a client's order, and what it remembers for their terms. A stage begins without any memory. */
export function termsGiven(world: World, context: ClientContext, stage: TuningStage): Given {
  const { store } = world;
  const moment = momentAt(world.scenario, stage, roundOf(context));
  const phases = phasesAt(methodFor(world, context, stage), moment);
  if (!phases) return { hyper: {}, params: {} };
  const memory = context.memory[nameOf(stage)];
  return { hyper: { phases }, params: memory ? { state: recalled(store, memory).sets } : {} };
}

/** What its client will remember once the update is delivered. */
export function termsLeft({ store }: World, stage: TuningStage, state: TunedSets | undefined): Memories {
  return state ? { [nameOf(stage)]: remembered(store, { sets: state, notes: {} }) } : {};
}
