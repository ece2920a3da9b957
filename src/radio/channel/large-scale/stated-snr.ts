import { valueOf, type KeyedClient } from '../../../settings/per-client.js';
import type { ClientBudget } from '../directions/client-direction.js';
import { levelRatio } from '../interference/levels.js';
import { decibelsOf } from '../rate.js';
import type { DistanceLaw } from './settings.js';

/**
 * Mean SNR in dB where the scenario states it, and there is no cell: what is stated holds at the references, so
 * meanSnrDb + 10 log10(P / Pref) - 10 log10(B / Bref) - 10 n log10(d / dref), the last term by the distance law
 * of exponent n (A. Goldsmith, Wireless Communications, 2005, 2.6) where there is one; less 10 log10(1 + I/N) where
 * there is interference.
 */
export function statedSnrDb(side: ClientBudget, law: DistanceLaw | null, client: KeyedClient): number {
  const { meanSnrDb, powerWatts, bandwidthHz, referencePowerWatts, referenceBandwidthHz } = side;
  const powerDb = decibelsOf(powerWatts / (referencePowerWatts ?? powerWatts));
  const noiseDb = decibelsOf(bandwidthHz / (referenceBandwidthHz ?? bandwidthHz));
  const heardDb = decibelsOf(1 + levelRatio(side.interference, null));
  return meanSnrDb + powerDb - noiseDb - distanceDb(law, client) - heardDb;
}

/** The loss beyond that at the reference. */
function distanceDb(law: DistanceLaw | null, client: KeyedClient): number {
  if (law === null) return 0;
  const { distanceMeters, exponent, referenceMeters } = law;
  return exponent * decibelsOf(valueOf(distanceMeters, distanceQuantity, client) / referenceMeters);
}

/** What draws of a distance are keyed by. */
export const distanceQuantity = 'distance';
