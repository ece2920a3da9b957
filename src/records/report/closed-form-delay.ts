import type { Direction } from '../../radio/channel/directions/settings.js';
import { isOverTheAir, isScheduled } from '../../radio/channel/directions/sharing.js';
import { linksOf, type Link } from '../../radio/channel/link.js';
import type { BlockMoments } from '../../radio/channel/long-run.js';
import { normalCdf } from '../../radio/channel/special-functions.js';
import type { Channel } from '../../radio/channel/settings.js';
import type { DelayLaw } from './delay-law.js';
import { fewBlocksLaw } from './few-blocks.js';

/** The law, or why there is none in closed form, as words that end a sentence. */
export type LawOrReason = { readonly law: DelayLaw } | { readonly why: string };

/** What a closed form cannot have, in the order in which a reader would look for it. */
const obstacles: readonly {
  readonly why: string;
  readonly holds: (channel: Channel, direction: Direction) => boolean;
}[] = [
  { why: 'the gains come from a trace', holds: ({ fading }) => fading === 'trace' },
  { why: 'each client has a mean SNR of its own in the cell', holds: ({ cell }) => cell !== null },
  {
    why: 'the gains of a link are correlated in time',
    holds: ({ correlation }) => correlation !== 'independent',
  },
  { why: 'a fixed rate is sent again after an outage', holds: ({ rate }) => rate === 'fixed' },
  {
    why: 'what is lost is sent again',
    holds: (channel, direction) => (channel[direction].lossProbability ?? channel.lossProbability) > 0,
  },
  { why: 'what is lost in bursts is sent again', holds: ({ gilbertElliott }) => gilbertElliott !== null },
  { why: 'faults interfere by script', holds: ({ faults }) => faults.length > 0 },
  {
    why: 'the band is divided over those who send at the moment',
    holds: (channel, direction) =>
      isScheduled(channel[direction].sharing) || isOverTheAir(channel[direction].sharing),
  },
  { why: 'messages are cut into packets', holds: ({ packetBits }) => packetBits !== null },
  {
    why: 'a broadcast follows the worst of its receivers',
    holds: ({ downlink }, direction) => direction === 'downlink' && downlink.cast === 'broadcast',
  },
];

/** A message of fewer blocks in the mean is too short for the normal law. */
const shortBlocks = 40;

/**
 * The law of the delay of a message of `bits`, for any fading law of independent blocks, adaptive rate and
 * way of sharing. With `clients` the ids in the manifest's order.
 */
export function delayLaw(
  bits: number,
  scenario: { readonly seed: number; readonly channel: Channel },
  direction: Direction,
  clients: readonly string[],
): LawOrReason {
  const { channel } = scenario;
  const obstacle = obstacles.find(({ holds }) => holds(channel, direction));
  if (obstacle) return { why: obstacle.why };
  const links = linksOf(scenario, clients).filter((one) => one.direction === direction);
  if (!areAlike(links)) return { why: 'each client has a mean SNR or a bandwidth of its own' };
  const [link] = links;
  const moments = link?.moments?.();
  if (!link || !moments || !(moments.meanBits > 0)) return { why: 'the blocks carry nothing' };
  const isShort = bits < shortBlocks * moments.meanBits && moments.sdBits > 0;
  return {
    law: isShort ? fewBlocksLaw(bits, link) : accumulatedLaw(bits, moments, channel.coherenceSeconds),
  };
}

/** Without a cell links differ by their budgets alone. */
function areAlike(links: readonly Link[]): boolean {
  const budgets = links.map(({ snr, bandwidthHz }) => `${snr.ratioAt(0)} ${bandwidthHz}`);
  return new Set(budgets).size <= 1;
}

/**
 * The time until `bits` have added up over independent blocks, to first order in their length Tc: normal with
 * E[T] = bits/C + (Tc/2) CV^2 and sd = sqrt(bits/C Tc) CV, C the mean rate and CV the coefficient of
 * variation of a block's bits (renewal theory; `blockAccumulatedSeconds` in test/radio/channel/known-rates.ts is
 * the same of Rayleigh fading at capacity).
 */
function accumulatedLaw(
  bits: number,
  { meanBits, sdBits }: Pick<BlockMoments, 'meanBits' | 'sdBits'>,
  coherenceSeconds: number,
): DelayLaw {
  const variation = sdBits / meanBits;
  const fluidSeconds = (bits / meanBits) * coherenceSeconds;
  const meanSeconds = fluidSeconds + (coherenceSeconds / 2) * variation ** 2;
  const sdSeconds = Math.sqrt(fluidSeconds * coherenceSeconds) * variation;
  const cdf =
    sdSeconds === 0
      ? (seconds: number) => (seconds >= meanSeconds ? 1 : 0)
      : (seconds: number) => normalCdf((seconds - meanSeconds) / sdSeconds);
  const name = sdSeconds === 0 ? 'constant rate' : 'normal';
  return { name, meanSeconds, sdSeconds, cdf };
}
