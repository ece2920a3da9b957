import { gainLaw } from '../channel/fading/index.js';
import { ratePolicy } from '../channel/rate-policies/index.js';
import { ratioOfDecibels } from '../channel/rate.js';
import { fullBufferShareOf, isOverTheAir } from '../channel/directions/sharing.js';
import type { Direction } from '../channel/directions/settings.js';
import type { Channel } from '../channel/settings.js';

/** One direction of a client's link in the mean over its gains, before any loss and retransmission. */
export interface MeanLink {
  readonly fading: Channel['fading'];
  readonly rate: Channel['rate'];
  readonly meanSnrDb: number;
  readonly bandwidthHz: number;
  readonly powerWatts: number;
  readonly sharing: Channel['uplink']['sharing'];
  /**
   * Bits per second and watts over all of the time, silent blocks and those of other clients included; null
   * where they do not follow from the scenario alone, for the reason in `why`.
   */
  readonly meanRateBps: number | null;
  readonly meanPowerWatts: number | null;
  readonly why: string | null;
}

/** What the scenario alone does not tell the mean rate of: the first that applies is the reason. */
const obstacles: readonly ((channel: Channel, direction: Direction) => string | false)[] = [
  ({ cell }) => cell !== null && 'in a cell each client has a mean SNR of its own',
  (channel, direction) =>
    isOverTheAir(channel[direction].sharing) &&
    'all clients send at once and uncoded, two parameters in each channel use',
  ({ fading }) => fading === 'trace' && 'the gains stand in a file',
  ({ downlink }, direction) =>
    direction === 'downlink' &&
    downlink.cast === 'broadcast' &&
    'a broadcast goes at the rate of the worst client',
];

/**
 * The mean rate of one client's direction, one of `clients` that share the band: E[R(g)] over the gain g of a
 * block, with R the rate policy's; Shannon's rate gives the ergodic capacity (Goldsmith, Wireless
 * Communications, 2005, section 4.2.3). Rate "fixed" counts as sent what an outage loses.
 */
export function meanLink(channel: Channel, direction: Direction, clients: number): MeanLink {
  const { fading, rate } = channel;
  const { meanSnrDb, bandwidthHz, powerWatts, sharing } = channel[direction];
  const link = { fading, rate, meanSnrDb, bandwidthHz, powerWatts, sharing };
  const why = obstacles.map((stops) => stops(channel, direction)).find((reason) => reason !== false) ?? null;
  return why === null
    ? { ...link, ...means(channel, direction, clients), why }
    : { ...link, meanRateBps: null, meanPowerWatts: null, why };
}

function means(channel: Channel, direction: Direction, clients: number) {
  const { meanSnrDb, bandwidthHz, powerWatts, sharing } = channel[direction];
  const share = fullBufferShareOf(sharing, direction, clients);
  const snr = ratioOfDecibels(meanSnrDb) * share.snr;
  const law = gainLaw(channel);
  const policy = ratePolicy(channel, bandwidthHz * share.bandwidth, law);
  const isOwn = (gain: number): number => {
    if (share.scheduled === null) return 1;
    // A gain that never changes has no better and worse blocks to choose from.
    return channel.fading === 'none' ? 1 / clients : share.scheduled(law.cdf(gain));
  };
  const mean = (of: (gain: number) => number) =>
    share.time * law.mean((gain) => of(gain) * isOwn(gain), { breaks: policy.breaks(snr) });
  return {
    meanRateBps: mean((gain) => policy.rateBps(gain, snr)),
    meanPowerWatts: powerWatts * share.power * mean((gain) => policy.powerRatio(gain, snr)),
  };
}
