import { combinedLaw } from '../channel/fading/combining.js';
import { gainLaw } from '../channel/fading/index.js';
import { constantPowerShare } from '../channel/power-control/index.js';
import { ownBlocks } from '../channel/rate-policies/block-law.js';
import { ratePolicy } from '../channel/rate-policies/index.js';
import { ratioOfDecibels } from '../channel/rate.js';
import { directionOf, keyedClients } from '../channel/directions/client-direction.js';
import { transmitJoules } from '../channel/directions/transmitter.js';
import { fullBufferShareOf, isOverTheAir } from '../channel/directions/sharing.js';
import type { Direction } from '../channel/directions/settings.js';
import { statedSnrDb } from '../channel/large-scale/stated-snr.js';
import type { Channel } from '../channel/settings.js';

/** One direction of a client's link in the mean over its gains, before any loss and retransmission. */
export interface MeanLink {
  readonly fading: Channel['fading'];
  readonly rate: Channel['rate'];
  /** Over `bandwidthHz`, at `powerWatts`. */
  readonly meanSnrDb: number | null;
  readonly bandwidthHz: number | null;
  readonly powerWatts: number | null;
  readonly sharing: Channel['uplink']['sharing'];
  /**
   * Bits per second and watts over all of the time, silent blocks and those of other clients included; null
   * where they do not follow from the scenario alone, for the reason in `why`.
   */
  readonly meanRateBps: number | null;
  readonly meanPowerWatts: number | null;
  readonly why: string | null;
}

/** What is read of a scenario. */
export interface Radio {
  readonly seed: number;
  readonly channel: Channel;
  readonly clients: { readonly count: number };
}

/** What the mean rate of a client does not follow from: the first that applies is the reason. */
const obstacles: readonly ((channel: Channel, direction: Direction) => string | false)[] = [
  ({ cell }) => cell !== null && 'in a cell each client has a mean SNR of its own',
  (channel, direction) =>
    isOverTheAir(channel[direction].sharing) &&
    'all clients send at once and uncoded, two parameters in each channel use',
  ({ fading }) => fading === 'trace' && 'the gains stand in a file',
  ({ knowledge }) => knowledge !== null && 'the sender does not know the gain exactly',
  ({ downlink }, direction) =>
    direction === 'downlink' &&
    downlink.cast === 'broadcast' &&
    'a broadcast goes at the rate of the worst client',
];

/**
 * The mean rate of a client's direction, one of those that share the band: E[R(g)] over the gain g of a
 * block, with R the rate policy's; Shannon's rate gives the ergodic capacity (Goldsmith, Wireless
 * Communications, 2005, section 4.2.3). Rate "fixed" counts as sent what an outage loses.
 */
export function meanLink(scenario: Radio, direction: Direction): MeanLink {
  const { channel } = scenario;
  const { fading, rate } = channel;
  const link = { fading, rate, sharing: channel[direction].sharing };
  const own = ownBudgets(scenario, direction);
  const why =
    obstacles.map((stops) => stops(channel, direction)).find((reason) => reason !== false) ??
    (own.length > 1 && 'each client has a mean SNR, a power or a bandwidth of its own');
  const budget = own.length === 1 && channel.cell === null ? own[0]! : unknownBudget;
  return why === false
    ? { ...link, ...budget, ...means(scenario, direction, own[0]!), why: null }
    : { ...link, ...budget, meanRateBps: null, meanPowerWatts: null, why };
}

interface Budget {
  readonly meanSnrDb: number;
  readonly bandwidthHz: number;
  readonly powerWatts: number;
}

const unknownBudget = { meanSnrDb: null, bandwidthHz: null, powerWatts: null };

/** Of all clients; those that are alike stand there once. */
function ownBudgets(scenario: Radio, direction: Direction): readonly Budget[] {
  const { channel } = scenario;
  const each = keyedClients(scenario).map((client) => {
    const side = directionOf(channel, direction, client);
    const { bandwidthHz, powerWatts } = side;
    return { meanSnrDb: statedSnrDb(side, channel.distanceLaw, client), bandwidthHz, powerWatts };
  });
  return [...new Map(each.map((budget) => [Object.values(budget).join(), budget])).values()];
}

function means({ channel, clients }: Radio, direction: Direction, budget: Budget) {
  const { meanSnrDb, bandwidthHz, powerWatts } = budget;
  const share = fullBufferShareOf(channel[direction].sharing, direction, clients.count);
  const full = ratioOfDecibels(meanSnrDb) * share.snr;
  const own = { powerWatts, powerControl: channel[direction].powerControl };
  const control = constantPowerShare(own, bandwidthHz * share.bandwidth, full);
  const snr = full * control;
  const law = combinedLaw(gainLaw(channel), channel[direction].receiveAntennas);
  // A gain that never changes has no better and worse blocks to choose from.
  const isConstant = channel.fading === 'none';
  const scheduled = share.scheduled && isConstant ? () => 1 / clients.count : share.scheduled;
  const policy = ratePolicy(channel, bandwidthHz * share.bandwidth, ownBlocks(law, scheduled));
  const isOwn = (gain: number): number => (scheduled === null ? 1 : scheduled(law.cdf(gain)));
  const mean = (of: (gain: number) => number) =>
    share.time * law.mean((gain) => of(gain) * isOwn(gain), { breaks: policy.breaks(snr) });
  const radiatedWatts = powerWatts * share.power * control * mean((gain) => policy.powerRatio(gain, snr));
  const onAir = mean((gain) => (policy.rateBps(gain, snr) > 0 ? 1 : 0));
  return {
    meanRateBps: mean((gain) => policy.rateBps(gain, snr)),
    meanPowerWatts: transmitJoules(channel[direction], radiatedWatts, onAir),
  };
}
