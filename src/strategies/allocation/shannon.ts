/** Bits per second over b Hz at a power p: b log2(1 + g p / b), g in Hz/W the gain over the noise density. */
export function rateBps(bandwidthHz: number, powerWatts: number, gainHzPerWatt: number): number {
  return (bandwidthHz * Math.log1p((gainHzPerWatt * powerWatts) / bandwidthHz)) / Math.LN2;
}

/** The power that a rate takes over b Hz: (b / g)(2^(R/b) − 1) watts. */
export function powerFor(rateBps: number, bandwidthHz: number, gainHzPerWatt: number): number {
  return (bandwidthHz / gainHzPerWatt) * Math.expm1((rateBps / bandwidthHz) * Math.LN2);
}

/**
 * The bandwidth that a rate R takes at a power; Infinity where R is g p / ln 2 or more, which no band carries. It is
 * g p / x at the SNR x > 0 with ln(1 + x) = k x, k = R ln 2 / (g p), by Newton's method from above: the difference is
 * concave. Where it begins: I. Chatzigeorgiou, Bounds on the Lambert function, IEEE Communications Letters 17(8), 2013.
 */
export function bandwidthFor(rateBps: number, powerWatts: number, gainHzPerWatt: number): number {
  const signal = gainHzPerWatt * powerWatts;
  const k = (rateBps * Math.LN2) / signal;
  if (!(k < 1 - 1e-9)) return Infinity;
  const u = Math.max(0, k - Math.log(k) - 1);
  let snr = 1.0001 * ((1 + Math.sqrt(2 * u) + u) / k - 1);
  for (let step = 0; step < 60; step++) {
    const next = snr - (Math.log1p(snr) - k * snr) / (1 / (1 + snr) - k);
    if (!(next < snr * (1 - 1e-15))) break;
    snr = next;
  }
  return signal / snr;
}
