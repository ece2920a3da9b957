import Type from 'typebox';
import { atLeastZero, type Settings } from '../../../settings/form.js';

/** What a transmitter draws from its supply for what it radiates. */
export const transmitterSettings = {
  amplifierEfficiency: Type.Number({
    exclusiveMinimum: 0,
    maximum: 1,
    default: 1,
    description: 'of the power amplifier: radiated over consumed power',
  }),
  circuitPowerWatts: atLeastZero(
    0,
    'of the circuits of a transmitter while it is on the air, whatever it radiates',
  ),
};

export type Transmitter = Settings<typeof transmitterSettings>;

/**
 * Joules that a transmitter takes: radiated energy over the amplifier's efficiency, and the circuits' power over
 * the time on the air (Cui, Goldsmith and Bahai, Energy-constrained modulation
 * optimization, IEEE Trans. Wireless Communications 4(5), 2005).
 */
export function transmitJoules(
  { amplifierEfficiency, circuitPowerWatts }: Transmitter,
  radiatedJoules: number,
  onAirSeconds: number,
): number {
  return radiatedJoules / amplifierEfficiency + circuitPowerWatts * onAirSeconds;
}
