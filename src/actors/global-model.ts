import type { GlobalModel, SharedPart, Stage } from '../../machines/events.js';
import type { ParamRef } from '../params/param-set.js';
import type { World } from './world.js';

/** The parameters that a global model consists of. */
export function refsOf({ base, adapters, lora, helpful, harmless }: GlobalModel): readonly ParamRef[] {
  return [base, adapters, lora, helpful, harmless].filter((ref) => ref !== null);
}

/** What of the global model each stage's updates replace. */
export function sharedParts({ method }: World, stage: Stage): readonly SharedPart[] {
  return stage === 'reward' ? ['helpful', 'harmless'] : method.shares;
}
