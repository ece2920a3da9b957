/** The ratio that a number of decibels stands for: 5 dB is 3.162. */
export function ratioOfDecibels(decibels: number): number {
  return 10 ** (decibels / 10);
}

/** A ratio in decibels: 3.162 is 5 dB. */
export function decibelsOf(ratio: number): number {
  return 10 * Math.log10(ratio);
}

/**
 * Shannon's rate B log2(1 + gamma g) in bits per second, at mean SNR `snr` (a ratio, not dB) and power gain
 * `gain`.
 */
export function capacityBps(bandwidthHz: number, snr: number, gain: number): number {
  return (bandwidthHz * Math.log1p(snr * gain)) / Math.LN2;
}
