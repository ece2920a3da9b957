import type { Download, GlobalModel, SharedPart, Upload } from '../../machines/events.js';
import type { ParamRef } from '../learning/params/param-set.js';
import type { World } from './world.js';

/** The parameters that a global model consists of. */
export function refsOf({ base, adapters, lora, helpful, harmless }: GlobalModel): readonly ParamRef[] {
  return [base, adapters, lora, helpful, harmless].filter((ref) => ref !== null);
}

/** Updates that carry the same whatever the method. */
const ownPart: Readonly<Partial<Record<Upload['kind'], SharedPart>>> = {
  'helpful-update': 'helpful',
  'harmless-update': 'harmless',
};

/** What an update carries, and so what of the global model its average replaces. */
export function sharedParts({ method }: Pick<World, 'method'>, kind: Upload['kind']): readonly SharedPart[] {
  const part = ownPart[kind];
  return part === undefined ? method.shares : [part];
}

/** What the first of two downloads leaves to the second, which follows at once. */
const left: Readonly<Partial<Record<Download['kind'], SharedPart>>> = {
  'helpful-model': 'harmless',
  'helpful-global': 'harmless',
};

/** What of the global model a download has to bring, where its recipient lacks it. */
export function broughtBy(kind: Download['kind'], global: GlobalModel): readonly ParamRef[] {
  const part = left[kind];
  return refsOf(part === undefined ? global : { ...global, [part]: null });
}
