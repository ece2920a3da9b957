import { besselJ0 } from '../special-functions.js';
import type { GainPathSettings } from './settings.js';

const lightMetersPerSecond = 299_792_458;

/** The maximum Doppler shift fD in Hz: the scenario's own, else v f / c from speed and carrier. */
export function dopplerHz(
  channel: Pick<GainPathSettings, 'dopplerHz' | 'speedMetersPerSecond' | 'carrierHz'>,
): number {
  return channel.dopplerHz ?? (channel.speedMetersPerSecond * channel.carrierHz) / lightMetersPerSecond;
}

/**
 * Autocorrelation rho = J0(2 pi fD T) of the complex gain over `seconds`, from -0.403 to 1: isotropic
 * scattering (Clarke, Bell System Technical Journal 47, 1968).
 */
export function correlationOf(dopplerHz: number, seconds: number): number {
  return besselJ0(2 * Math.PI * dopplerHz * seconds);
}

/**
 * How often the power gain of a Rayleigh channel falls below `fadeGain` (relative to its mean, above 0), and
 * for how long in the mean it stays there: N = sqrt(2 pi theta) fD e^-theta and (e^theta - 1) / (sqrt(2 pi
 * theta) fD), with theta = `fadeGain` = rho^2 (Rice 1945; Jakes, Microwave Mobile Communications, 1974).
 * Their product is the outage probability 1 - e^-theta. Without Doppler shift the rate is 0
 * and a fade lasts for ever. RangeError where `fadeGain` is not above 0.
 */
export function levelCrossing(
  dopplerHz: number,
  fadeGain: number,
): { readonly ratePerSecond: number; readonly averageFadeSeconds: number } {
  if (!(fadeGain > 0))
    throw new RangeError(`level crossing of the gain ${fadeGain}: expected a gain above 0`);
  const slope = Math.sqrt(2 * Math.PI * fadeGain) * dopplerHz;
  return { ratePerSecond: slope * Math.exp(-fadeGain), averageFadeSeconds: Math.expm1(fadeGain) / slope };
}
