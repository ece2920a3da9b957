import { keyedClients } from '../directions/client-direction.js';
import { coherenceTimeSeconds, greatestDopplerHz, steadyDopplerHz, type Moving } from './doppler.js';
import type { GainPathSettings } from './settings.js';

interface Radio {
  readonly seed: number;
  readonly channel: Moving & GainPathSettings;
  readonly clients: { readonly count: number };
}

/**
 * A sentence where the blocks of a correlated gain are longer than its coherence time, after which only a half of
 * the power's correlation is left (doppler.ts): a gain that is taken as constant for so long would change within
 * the block, and what the process says of it between blocks is lost. The client of the greatest shift counts.
 */
export function blockNotes(scenario: Radio): readonly string[] {
  const { channel } = scenario;
  const { correlation, coherenceSeconds } = channel;
  if (correlation === 'independent') return [];
  const [fastest, doppler] = keyedClients(scenario)
    .map((client) => [client, greatestDopplerHz(channel, client)] as const)
    .reduce((best, one) => (one[1] > best[1] ? one : best));
  const longest = coherenceTimeSeconds(doppler);
  if (coherenceSeconds <= longest) return [];
  const isOwn =
    typeof channel.speedMetersPerSecond !== 'number' && steadyDopplerHz(channel, fastest) !== null;
  const whose = isOwn && channel.dopplerHz === null ? `, that of ${fastest.id},` : '';
  const [hertz, seconds] = [doppler, longest].map((value) => Number(value.toPrecision(3)));
  return [
    `/channel/coherenceSeconds is ${coherenceSeconds}: at a Doppler shift of ${hertz} Hz${whose} the gain changes within ` +
      `such a block; set at most ${seconds}, the coherence time 9/(16 pi fD)`,
  ];
}
