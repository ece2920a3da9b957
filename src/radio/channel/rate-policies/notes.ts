import type { RetransmissionSettings } from '../retransmission/settings.js';
import type { RateSettings } from './settings.js';

/** A sentence where a message is one packet of codewords that may err: a long one hardly ever arrives. */
export function codewordNotes({
  rate,
  packetBits,
  blockErrorRate,
}: RateSettings & Pick<RetransmissionSettings, 'packetBits'>): readonly string[] {
  if (rate !== 'finite-blocklength' || packetBits !== null) return [];
  return [
    `/channel/packetBits is null: a message is one packet, lost with any of its codewords, each of which errs with ` +
      `probability ${blockErrorRate}; set packetBits, so that what is lost is sent again by itself`,
  ];
}
