import type { Allotment } from '../../../machines/events.js';
import { blackouts } from './faults/faults.js';
import type { Fault } from './faults/settings.js';
import { scaledBy, type Link } from './link.js';
import { blockMoments } from './long-run.js';

/*
 * What a script, or an order, changes of a link while a run goes on. A message whose attempts have begun keeps the fate
 * that the link gave it; a change is there from the next message of the link on.
 */

/** The link with this many dB more in its mean SNR. */
export function withSnrOffset(link: Link, offsetDb: number): Link {
  const snr = scaledBy(link.snr, 10 ** (offsetDb / 10));
  const { law, policy, coherenceSeconds, timeShare, scheduled } = link;
  const block = { snr: snr.ratioAt(0), coherenceSeconds, timeShare, scheduled };
  return { ...link, snr, moments: link.moments && (() => blockMoments(law, policy, block)) };
}

/** The link with another bandwidth and power: the signal goes with the power, the noise with the bandwidth. */
export function withAllotment(
  link: Link,
  { bandwidthHz, powerWatts, snrFactor, lossProbability }: Allotment,
): Link {
  const factor = (powerWatts / link.powerWatts) * (link.bandwidthHz / bandwidthHz) * snrFactor;
  const snr = scaledBy(link.snr, factor);
  const policy = link.policyOver(bandwidthHz);
  const { law, coherenceSeconds, timeShare, scheduled } = link;
  const block = { snr: snr.ratioAt(0), coherenceSeconds, timeShare, scheduled };
  return {
    ...link,
    bandwidthHz,
    powerWatts,
    snr,
    policy,
    lossProbability: 1 - (1 - link.lossProbability) * (1 - lossProbability),
    moments: link.moments && (() => blockMoments(law, policy, block)),
  };
}

/** The link with these faults in place of its own. */
export function withFaults(link: Link, faults: readonly Fault[]): Link {
  const { seed, id, client, direction } = link;
  const blackedOut = blackouts(faults, { seed, link: id, client, direction });
  return { ...link, faults, blackouts: blackedOut, moments: blackedOut.length > 0 ? null : link.moments };
}
