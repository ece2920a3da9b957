import { steadyDopplerHz } from './gain-paths/doppler.js';
import type { FadingStrategy, GainLaw } from './fading/fading.js';
import { combinedLaw, combinedPath } from './fading/combining.js';
import { empiricalLaw, fadings, gainLaw } from './fading/index.js';
import { blackouts, type Blackout } from './faults/faults.js';
import type { Fault } from './faults/settings.js';
import type { GainPath } from './gain-paths/gain-path.js';
import { gainPath } from './gain-paths/index.js';
import { independentPath } from './gain-paths/independent.js';
import { motionOf } from './gain-paths/motion.js';
import { burstPath, type BurstPath } from './losses/gilbert-elliott.js';
import { blockFactors } from './interference/levels.js';
import { lawOfEstimate } from './knowledge/estimate-law.js';
import { knowledgeOf, type Knowledge } from './knowledge/knowledge.js';
import { constantSnr, meanSnr, type MeanSnr } from './large-scale/index.js';
import { dbmOfWatts, noiseDbmOf } from './large-scale/link-budget.js';
import { decibelsOf } from './rate.js';
import { powerShare } from './power-control/index.js';
import { blockMoments, type BlockMoments } from './long-run.js';
import { ownBlocks, type BlockLaw } from './rate-policies/block-law.js';
import { ratePolicy } from './rate-policies/index.js';
import type { RatePolicy } from './rate-policies/rate-policy.js';
import { directionOf } from './directions/client-direction.js';
import type { Direction } from './directions/settings.js';
import type { AirSettings } from '../air/over-the-air.js';
import type { SharedBand } from '../cell/scheduler.js';
import { airOf, fullBufferShareOf, sharedBandOf, shareOf } from './directions/sharing.js';
import type { Transmitter } from './directions/transmitter.js';
import type { Recording } from './fading/recording.js';
import { recordedLink, type Recordings } from './fading/recordings.js';
import { drawnPlace, traceGains, tracePath, type GainTrace } from './fading/trace.js';
import type { RetransmissionSettings } from './retransmission/settings.js';
import type { Channel } from './settings.js';
import type { KeyedClient } from '../../settings/per-client.js';
import type { Stream } from '../../simulation/random/stream.js';

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
  readonly transmitter: Transmitter;
  /** The share of `powerWatts` that it sends with, over virtual time; null: all of it. */
  readonly powerShareAt: ((seconds: number) => number) | null;
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
  /** A uniform draw for each block: it is this client's where that is below `scheduled`. */
  readonly luck: GainPath;
  readonly law: GainLaw;
  /** Mean SNR over `bandwidthHz`, interference counted as noise. */
  readonly snr: MeanSnr;
  /** Of each resource block of the band, its mean SNR over that of the band; empty where all are alike. */
  readonly blockFactors: readonly number[];
  readonly policy: RatePolicy;
  /** The same over another bandwidth, in hertz. */
  readonly policyOver: (bandwidthHz: number) => RatePolicy;
  /** What its sender knows of the gain; null: all. */
  readonly knowledge: Knowledge | null;
  /** The policy where the gains that its sender sends at have another law: that of a broadcast. */
  readonly policyUnder: (law: BlockLaw) => RatePolicy;
  /** Gains over virtual time. */
  readonly path: GainPath;
  /** Whether the gain of a block tells something of the next one's. */
  readonly isCorrelated: boolean;
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
 * what fading "trace" goes by, `table` holds the laws that a scenario can name, `ownTransmitters` the transmitters
 * of clients whose devices have their own.
 */
export function linksOf(
  { seed, channel, fullBuffers = false }: Given,
  clients: readonly string[],
  recordings: Recordings | null = null,
  table: Readonly<Record<string, FadingStrategy>> = fadings,
  ownTransmitters: ReadonlyMap<string, Transmitter> = new Map(),
): readonly Link[] {
  const gainsOf = recordings === null ? drawnGains(channel, table) : recordedGains(channel, recordings);
  return clients.flatMap((id, index) =>
    (['uplink', 'downlink'] as const).map((direction) =>
      linkOf({
        ...{ seed, channel, fullBuffers, direction },
        ...gainsOf(index + 1, direction),
        client: { id, index, of: clients.length },
        transmitter: (direction === 'uplink' && ownTransmitters.get(id)) || channel[direction],
      }),
    ),
  );
}

/** What the gains of a link go by. */
interface Gains {
  readonly law: GainLaw;
  /** Of one receive antenna. */
  readonly branchLaw: GainLaw;
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
  const branchLaw = gainLaw(channel, table);
  const laws = {
    uplink: combinedLaw(branchLaw, channel.uplink.receiveAntennas),
    downlink: combinedLaw(branchLaw, channel.downlink.receiveAntennas),
  };
  return (_, direction) => ({ law: laws[direction], branchLaw, recorded: null });
}

/** Links of one recording share its law. */
function recordedGains(channel: Channel, { of, areAligned }: Recordings): GainsOf {
  const known = { uplink: new Map<Recording, Gains>(), downlink: new Map<Recording, Gains>() };
  const gainsFrom = (recording: Recording, direction: Direction): Gains => {
    const { gains, meanSnr } = recordedLink(recording, channel[direction]);
    const law = empiricalLaw(traceGains(gains, channel.coherenceSeconds));
    return {
      law,
      branchLaw: law,
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
  readonly transmitter: Transmitter;
}

function linkOf(setting: Setting): Link {
  const { seed, channel, fullBuffers, law, recorded, direction, client, transmitter } = setting;
  const id = `${client.id}/${direction}`;
  const keyed = { seed, id: client.id, index: client.index };
  const side = directionOf(channel, direction, keyed);
  const share = fullBuffers
    ? fullBufferShareOf(side.sharing, direction, client.of)
    : shareOf(side.sharing, client.of);
  const bandwidthHz = side.bandwidthHz * share.bandwidth;
  const bandSnr = recorded?.meanSnr ?? meanSnr(channel, side, keyed);
  const fullSnr = scaledBy(bandSnr, share.snr);
  const { cell } = channel;
  const noiseDbm = cell && noiseDbmOf(cell, side.bandwidthHz);
  // A path loss is what it is whatever else is heard.
  const quiet = side.interference && meanSnr(channel, { ...side, interference: null }, keyed);
  const powerShareAt = powerShare(side.powerControl, {
    powerWatts: side.powerWatts * share.power,
    bandwidthHz,
    fullRatioAt: (seconds) => fullSnr.ratioAt(seconds),
    couplingLossDb:
      noiseDbm === null
        ? null
        : (seconds) =>
            dbmOfWatts(side.powerWatts) - noiseDbm - decibelsOf((quiet ?? bandSnr).ratioAt(seconds)),
  });
  const snr = controlled(fullSnr, powerShareAt);
  // A recorded rate is what was carried, whatever the policy.
  const rates = recorded?.isRate ? { ...channel, rate: 'capacity' as const } : channel;
  const policyUnder = (blocks: BlockLaw, hertz = bandwidthHz) => ratePolicy(rates, hertz, blocks);
  const isCorrelated = recorded !== null || channel.correlation !== 'independent';
  const blackedOut = blackouts(channel.faults, { seed, link: id, client: client.index + 1, direction });
  // A gain that never changes has no better and worse blocks to choose from.
  const isConstant = channel.fading === 'none';
  const scheduled = share.scheduled && isConstant ? () => 1 / client.of : share.scheduled;
  const knowledge = knowledgeOf(channel, keyed, isCorrelated, side.receiveAntennas);
  // A Gaussian amplitude, estimated, has the law that it had.
  const believed = channel.fading === 'rayleigh' ? law : lawOfEstimate(law, knowledge);
  const sentAt = scheduled === null ? believed : ownBlocks(law, scheduled);
  const policyOver = (hertz: number) => policyUnder(sentAt, hertz);
  const policy = policyOver(bandwidthHz);
  const block = { snr: snr.ratioAt(0), coherenceSeconds: channel.coherenceSeconds, timeShare: share.time };
  // How many codewords a packet takes follows from its own blocks.
  const isCoded = policy.code !== null && channel.packetBits !== null;
  const oneLaw = knowledge === null && !isCorrelated && snr.constant && blackedOut.length === 0 && !isCoded;
  return {
    ...channel,
    id,
    seed,
    direction,
    client: client.index + 1,
    sender: direction === 'uplink' ? client.id : 'server',
    recipient: direction === 'uplink' ? 'server' : client.id,
    bandwidthHz,
    powerWatts: side.powerWatts * share.power * (snr.constant ? powerShareAt(0) : 1),
    powerShareAt: snr.constant ? null : powerShareAt,
    transmitter,
    timeShare: share.time,
    scheduled,
    sharedBand: fullBuffers ? null : sharedBandOf(side.sharing, direction),
    air: airOf(side.sharing, side.receiveAntennas),
    law,
    snr,
    blockFactors: blockFactors(side.interference, noiseDbm),
    policy,
    policyOver,
    policyUnder,
    knowledge,
    path: pathOf(setting, id),
    isCorrelated,
    luck: independentPath(uniform, { seed, purpose: 'schedule', link: id }),
    lossProbability: side.lossProbability ?? channel.lossProbability,
    bursts: burstsOf(channel, keyed, id),
    blackouts: blackedOut,
    isBroadcast: direction === 'downlink' && channel.downlink.cast === 'broadcast',
    moments: oneLaw ? once(() => blockMoments(law, policy, { ...block, scheduled })) : null,
  };
}

const uniform = { draw: (from: Stream) => from.uniform() };

function pathOf(
  { seed, channel, law, branchLaw, recorded, direction, client }: Setting,
  link: string,
): GainPath {
  if (recorded !== null) {
    const { gains, isAligned } = recorded;
    return tracePath(gains, channel, isAligned ? 0 : drawnPlace(gains, seed, link));
  }
  const motion = motionOf(channel, { seed, id: client.id, index: client.index });
  if (channel.correlation === 'independent') return gainPath(channel, { seed, link, law, motion });
  const antennas = Array.from({ length: channel[direction].receiveAntennas }, (_, index) => {
    const name = index === 0 ? link : `${link}/antenna-${index + 1}`;
    return gainPath(channel, { seed, link: name, law: branchLaw, motion });
  });
  return combinedPath(antennas);
}

function burstsOf(channel: Channel, client: KeyedClient, link: string): Bursts | null {
  if (channel.gilbertElliott === null) return null;
  const { lossGood, lossBad } = channel.gilbertElliott;
  const doppler = steadyDopplerHz(channel, client);
  return { lossGood, lossBad, path: burstPath(channel.gilbertElliott, doppler, client.seed, link) };
}

/** The mean SNR at the share of the power that the sender takes. */
function controlled(full: MeanSnr, shareAt: (seconds: number) => number): MeanSnr {
  if (full.constant) return scaledBy(full, shareAt(0));
  return { constant: false, ratioAt: (seconds) => full.ratioAt(seconds) * shareAt(seconds) };
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
