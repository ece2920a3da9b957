import type { Scenario } from '../scenario/schema.js';
import type { World } from './world.js';

/** Only of the embedded corpus is it known what a refusal and a right answer look like. */
export function isSynthetic({ data }: Pick<Scenario, 'data'>): boolean {
  return data.files === null;
}

/** Whether prompts and responses go into the records. Real data may be private or offensive: on request only. */
export function mayBeShown({ scenario, showSamples }: Pick<World, 'scenario' | 'showSamples'>): boolean {
  return isSynthetic(scenario) || showSamples;
}
