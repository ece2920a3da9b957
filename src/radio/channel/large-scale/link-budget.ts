import type { Cell } from './settings.js';

/** What the mean SNR of a link is made of. */
export interface LinkBudget {
  /** Transmission power. */
  readonly powerDbm: number;
  /** Gain of both antennas together. */
  readonly antennaGainDb: number;
  readonly pathLossDb: number;
  /** Loss beyond the median; negative where the place is better than most. */
  readonly shadowingDb: number;
  /** Noise in the band, the receiver's own included. */
  readonly noiseDbm: number;
}

/** SNR in dB: power + antenna gain - path loss - shadowing - noise. */
export function snrDbOf({ powerDbm, antennaGainDb, pathLossDb, shadowingDb, noiseDbm }: LinkBudget): number {
  return powerDbm + antennaGainDb - pathLossDb - shadowingDb - noiseDbm;
}

/** 1 W is 30 dBm. */
export function dbmOfWatts(watts: number): number {
  return 10 * Math.log10(watts * 1000);
}

/** Noise in dBm over a band: noise density + 10 log10(bandwidth in Hz) + noise figure. */
export function noiseDbmOf(
  { noiseDensityDbmPerHz, noiseFigureDb }: Pick<Cell, 'noiseDensityDbmPerHz' | 'noiseFigureDb'>,
  bandwidthHz: number,
): number {
  return noiseDensityDbmPerHz + 10 * Math.log10(bandwidthHz) + noiseFigureDb;
}
