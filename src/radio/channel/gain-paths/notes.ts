import { coherenceTimeSeconds, greatestDopplerHz, type Moving } from './doppler.js';
import type { GainPathSettings } from './settings.js';

/**
 * A sentence where the blocks of a correlated gain are longer than its coherence time, after which only a half of
 * the power's correlation is left (doppler.ts): a gain that is taken as constant for so long would change within
 * the block, and what the process says of it between blocks is lost.
 */
export function blockNotes(channel: Moving & GainPathSettings): readonly string[] {
  const { correlation, coherenceSeconds } = channel;
  if (correlation === 'independent') return [];
  const doppler = greatestDopplerHz(channel);
  const longest = coherenceTimeSeconds(doppler);
  if (coherenceSeconds <= longest) return [];
  const [hertz, seconds] = [doppler, longest].map((value) => Number(value.toPrecision(3)));
  return [
    `/channel/coherenceSeconds is ${coherenceSeconds}: at a Doppler shift of ${hertz} Hz the gain changes within ` +
      `such a block; set at most ${seconds}, the coherence time 9/(16 pi fD)`,
  ];
}
