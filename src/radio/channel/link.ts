import { dopplerHz } from './gain-paths/doppler.js';
import type { FadingStrategy, GainLaw } from './fading/fading.js';
import { empiricalLaw, fadings, gainLaw } from './fading/index.js';
import { blackouts, type Blackout } from './faults/faults.js';
import type { Fault } from './faults/settings.js';
import type { GainPath } from './gain-paths/gain-path.js';
import { gainPath } from './gain-paths/index.js';
import { burstPath, type BurstPath } from './losses/gilbert-elliott.js';
import { constantSnr, meanSnr, type MeanSnr } from './large-scale/index.js';
import { blockMoments, type BlockMoments } from './long-run.js';
import { ratePolicy } from './rate-policies/index.js';
import type { RatePolicy } from './rate-policies/rate-policy.js';
import { directionOf } from './directions/client-direction.js';
import type { Direction } from './directions/settings.js';
import type { AirSettings } from '../air/over-the-air.js';
import type { SharedBand } from '../cell/scheduler.js';
import { airOf, fullBufferShareOf, sharedBandOf, shareOf } from './directions/sharing.js';
import type { Recording } from './fading/recording.js';
import { recordedLink, type Recordings } from './fading/recordings.js';
import { drawnPlace, traceGains, tracePath, type GainTrace } from './fading/trace.js';
import type { RetransmissionSettings } from './retransmission/settings.js';
import type { Channel } from './settings.js';

/** Losses in bursts: the state over time, and what a packet risks in each state. */
export interface Bursts {
  readonly path: BurstPath;
  readonly lossGood: number;
  readonly lossBad: number;
}

/** One direction between a client and the server: everything that a transmission over it asks for. */
export interface Link extends RetransmissionSettings {
  /** Also the systemId of its actor, for example "client-3/uplink". */
  readonly id: string;
  readonly seed: number;
  readonly direction: Direction;
  /** Number of the client at one end, from 1. */
  readonly client: number;
  readonly sender: string;
  readonly recipient: string;
  /** Width of this client's share of the band. */
  readonly bandwidthHz: number;
  readonly powerWatts: number;
  readonly receivePowerWatts: number;
  readonly idlePowerWatts: number;
  readonly pricePerMegabyte: number;
  readonly coherenceSeconds: number;
  readonly timeShare: number;
  /** Probability that a block is this client's, from the rank of its gain; null: every block is. */
  readonly scheduled: ((rank: number) => number) | null;
  /** The scheduler of the band that the link shares with those who send now; null: it has its own part. */
  readonly sharedBand: SharedBand | null;
  /** Where all clients send at once and uncoded; null: what is sent has bits. */
  readonly air: AirSettings | null;
  readonly law: GainLaw;
  /** Mean SNR over `bandwidthHz`. */
  readonly snr: MeanSnr;
  readonly policy: RatePolicy;
  /** Gains over virtual time; null where each attempt draws its own. */
  readonly path: GainPath | null;
  readonly lossProbability: number;
  readonly bursts: Bursts | null;
  readonly faults: readonly Fault[];
  /** When the script leaves it without a signal, some of them for certain messages only. */
  readonly blackouts: readonly Blackout[];
  readonly isBroadcast: boolean;
  readonly story: Channel['story'];
  /** Moments of what a block carries, computed when first asked for; null where blocks do not all have one law. */
  readonly moments: (() => BlockMoments) | null;
}

interface Given {
  readonly seed: number;
  readonly channel: Channel;
  /** Whether a scheduled band is as if all clients sent all the time: for closed forms. */
  readonly fullBuffers?: boolean;
}

/**
 * The links of a run: an uplink and a downlink for each client, numbered in the order given. `recordings` are
 * what fading "trace" goes by, `table` holds the laws that a scenario can name.
 */
export function linksOf(
  { seed, channel, fullBuffers = false }: Given,
  clients: readonly string[],
  recordings: Recordings | null = null,
  table: Readonly<Record<string, FadingStrategy>> = fadings,
): readonly Link[] {
  const gainsOf = recordings === null ? drawnGains(channel, table) : recordedGains(channel, recordings);
  return clients.flatMap((id, index) =>
    (['uplink', 'downlink'] as const).map((direction) => {
      const client = { id, index, of: clients.length };
      return linkOf({ seed, channel, fullBuffers, direction, client, ...gainsOf(index + 1, direction) });
    }),
  );
}

/** What the gains of a link go by. */
interface Gains {
  readonly law: GainLaw;
  readonly recorded: Recorded | null;
}

interface Recorded {
  readonly gains: GainTrace;
  /** Of the recording; null: the scenario's. */
  readonly meanSnr: MeanSnr | null;
  readonly isRate: boolean;
  /** Begins with the run, and not at a drawn place. */
  readonly isAligned: boolean;
}

type GainsOf = (client: number, direction: Direction) => Gains;

function drawnGains(channel: Channel, table: Readonly<Record<string, FadingStrategy>>): GainsOf {
  const law = gainLaw(channel, table);
  return () => ({ law, recorded: null });
}

/** Links of one recording share its law. */
function recordedGains(channel: Channel, { of, areAligned }: Recordings): GainsOf {
  const known = { uplink: new Map<Recording, Gains>(), downlink: new Map<Recording, Gains>() };
  const gainsFrom = (recording: Recording, direction: Direction): Gains => {
    const { gains, meanSnr } = recordedLink(recording, channel[direction]);
    return {
      law: empiricalLaw(traceGains(gains, channel.coherenceSeconds)),
      recorded: {
        gains,
        meanSnr: meanSnr === null ? null : constantSnr(meanSnr),
        isRate: recording.states === 'rate',
        isAligned: areAligned,
      },
    };
  };
  return (client, direction) => {
    const recording = of(client, direction);
    const gains = known[direction].get(recording) ?? gainsFrom(recording, direction);
    known[direction].set(recording, gains);
    return gains;
  };
}

interface Setting extends Gains, Required<Given> {
  readonly direction: Direction;
  readonly client: { readonly id: string; readonly index: number; readonly of: number };
}

function linkOf(setting: Setting): Link {
  const { seed, channel, fullBuffers, law, recorded, direction, client } = setting;
  const id = `${client.id}/${direction}`;
  const keyed = { seed, id: client.id, index: client.index };
  const side = directionOf(channel, direction, keyed);
  const share = fullBuffers
    ? fullBufferShareOf(side.sharing, direction, client.of)
    : shareOf(side.sharing, client.of);
  const bandwidthHz = side.bandwidthHz * share.bandwidth;
  const snr = scaledBy(recorded?.meanSnr ?? meanSnr(channel, side, keyed), share.snr);
  // A recorded rate is what was carried, whatever the policy.
  const policy = ratePolicy(recorded?.isRate ? { ...channel, rate: 'capacity' } : channel, bandwidthHz, law);
  const path = pathOf(setting, id);
  const blackedOut = blackouts(channel.faults, { seed, link: id, client: client.index + 1, direction });
  // A gain that never changes has no better and worse blocks to choose from.
  const isConstant = channel.fading === 'none';
  const scheduled = share.scheduled && isConstant ? () => 1 / client.of : share.scheduled;
  const block = { snr: snr.ratioAt(0), coherenceSeconds: channel.coherenceSeconds, timeShare: share.time };
  const oneLaw = path === null && snr.constant && blackedOut.length === 0;
  return {
    ...channel,
    id,
    seed,
    direction,
    client: client.index + 1,
    sender: direction === 'uplink' ? client.id : 'server',
    recipient: direction === 'uplink' ? 'server' : client.id,
    bandwidthHz,
    powerWatts: side.powerWatts * share.power,
    timeShare: share.time,
    scheduled,
    sharedBand: fullBuffers ? null : sharedBandOf(side.sharing, direction),
    air: airOf(side.sharing),
    law,
    snr,
    policy,
    path,
    lossProbability: side.lossProbability ?? channel.lossProbability,
    bursts: burstsOf(channel, seed, id),
    blackouts: blackedOut,
    isBroadcast: direction === 'downlink' && channel.downlink.cast === 'broadcast',
    moments: oneLaw ? once(() => blockMoments(law, policy, { ...block, scheduled })) : null,
  };
}

function pathOf({ seed, channel, law, recorded }: Setting, id: string) {
  if (recorded !== null) {
    const { gains, isAligned } = recorded;
    return tracePath(gains, channel, isAligned ? 0 : drawnPlace(gains, seed, id));
  }
  return channel.correlation === 'independent' ? null : gainPath(channel, seed, id, law);
}

function burstsOf(channel: Channel, seed: number, id: string): Bursts | null {
  if (channel.gilbertElliott === null) return null;
  const { lossGood, lossBad } = channel.gilbertElliott;
  return { lossGood, lossBad, path: burstPath(channel.gilbertElliott, dopplerHz(channel), seed, id) };
}

/** Whether somebody beside the link says when an attempt ends: the cell's scheduler, or the slot of all. */
export function isShared({ sharedBand, air }: Pick<Link, 'sharedBand' | 'air'>): boolean {
  return sharedBand !== null || air !== null;
}

export function scaledBy(snr: MeanSnr, factor: number): MeanSnr {
  if (factor === 1) return snr;
  return { constant: snr.constant, ratioAt: (seconds) => snr.ratioAt(seconds) * factor };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
