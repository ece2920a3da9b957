import { mean } from '../../../moments.js';
import { ratioOfDecibels } from '../rate.js';
import type { InterferenceSetting } from './settings.js';

/*
 * Interference is heard as noise that is white over a resource block, at its mean level: an SNR becomes
 * SNR / (1 + I/N) = P g / (I + N0 B), as in M. Chen et al., A joint learning and communications framework for
 * federated learning over wireless networks, IEEE Trans. Wireless Communications 20(1), 2021, equation (2).
 */

/** Mean interference over noise in each resource block, as ratios: one number where the band is alike throughout. */
export function levelRatios(setting: InterferenceSetting, noiseDbm: number | null): readonly number[] {
  if (setting === null || 'transmitters' in setting) return [];
  if ('aboveNoiseDb' in setting) return [setting.aboveNoiseDb].flat().map(ratioOfDecibels);
  if (noiseDbm === null) throw new RangeError('interference in dBm has no noise to be compared with');
  const levels = [setting.dbm].flat();
  // A block has its part of the noise.
  return levels.map((dbm) => ratioOfDecibels(dbm - noiseDbm) * levels.length);
}

/** The same over the whole band. */
export function levelRatio(setting: InterferenceSetting, noiseDbm: number | null): number {
  const ratios = levelRatios(setting, noiseDbm);
  return ratios.length === 0 ? 0 : mean(ratios);
}

/** By how much the mean SNR of each resource block is better than that of the band; empty where all are alike. */
export function blockFactors(setting: InterferenceSetting, noiseDbm: number | null): readonly number[] {
  const ratios = levelRatios(setting, noiseDbm);
  if (ratios.length < 2) return [];
  return ratios.map((ratio) => (1 + mean(ratios)) / (1 + ratio));
}
