import { besselJ0 } from '../special-functions.js';
import type { GainPathSettings } from './settings.js';

const lightMetersPerSecond = 299_792_458;

/** Doppler shift v f / c in Hz of what moves at so many meters per second. */
export function dopplerOf(metersPerSecond: number, carrierHz: number): number {
  return (metersPerSecond * carrierHz) / lightMetersPerSecond;
}

/** The part of a channel that makes its Doppler shift. */
export type Moving = Pick<GainPathSettings, 'dopplerHz' | 'speedMetersPerSecond' | 'carrierHz'> & {
  readonly cell: { readonly mobility: { readonly maxSpeedMetersPerSecond: number } | null } | null;
};

/**
 * The maximum Doppler shift fD in Hz, the same at all times: the scenario's own, else v f / c from speed and
 * carrier. Null where it follows the way of a client through the cell.
 */
export function steadyDopplerHz(channel: Moving): number | null {
  if (channel.dopplerHz !== null) return channel.dopplerHz;
  if (channel.cell !== null && channel.cell.mobility !== null) return null;
  return dopplerOf(channel.speedMetersPerSecond, channel.carrierHz);
}

/** The greatest Doppler shift that any client ever has, in Hz. */
export function greatestDopplerHz(channel: Moving): number {
  const fastest = channel.cell?.mobility?.maxSpeedMetersPerSecond ?? channel.speedMetersPerSecond;
  return steadyDopplerHz(channel) ?? dopplerOf(fastest, channel.carrierHz);
}

/**
 * Memory of a Gauss-Markov gain in periods of the Doppler shift: Tc fD with Tc = 2 times the integral of
 * J0^2(2 pi fD tau) over tau from 0 to 10 / fD (by SciPy 1.17: 0.687888 / fD). The power of the process has the
 * autocovariance e^(-2 |tau| / Tc), whose integral over all lags is Tc: over ten periods of the shift the two
 * processes have as much memory, so that what a transfer of such a length carries varies about as much. Any
 * choice needs a horizon, since the integral of J0^2 grows with its logarithm for ever (0.52 at 2 periods, 0.85 at
 * 50).
 */
export const memoryPeriods = 0.687888;

/** Autocorrelation of the complex gain after so many periods of the Doppler shift, fD tau, by its process. */
export const correlations = {
  /** Isotropic scattering (Clarke, Bell System Technical Journal 47, 1968). */
  jakes: (periods: number) => besselJ0(2 * Math.PI * periods),
  'gauss-markov': (periods: number) => Math.exp(-periods / memoryPeriods),
};

/**
 * Clarke's coherence time 9 / (16 pi fD), after which J0^2, the correlation of the power, is down to a half
 * (Rappaport, Wireless Communications, 2002, equation 5.40.b); a Gauss-Markov gain keeps 0.59.
 */
export function coherenceTimeSeconds(dopplerHz: number): number {
  return 9 / (16 * Math.PI * dopplerHz);
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
