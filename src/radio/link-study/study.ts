import { isScheduled } from '../channel/directions/sharing.js';
import { packetsOf } from '../channel/retransmission/packets.js';
import { coherenceTimeSeconds, greatestDopplerHz } from '../channel/gain-paths/doppler.js';
import { blockNotes } from '../channel/gain-paths/notes.js';
import { cellNotes } from '../channel/large-scale/notes.js';
import type { Direction } from '../channel/directions/settings.js';
import type { Recordings } from '../channel/fading/recordings.js';
import { UserError, messageOf } from '../../errors.js';
import type { Channel } from '../channel/settings.js';
import { blockMeans } from './block-means.js';
import { closedForms, type ClosedForms } from './closed.js';
import type { Estimate } from './estimate.js';
import { simulateBlocks } from './simulated-blocks.js';
import { simulateMessages, type DelayFigures, type SimulatedMessages } from './simulated-messages.js';
import { simulatePackets, type SimulatedPackets } from './simulated-packets.js';
import { studiedMessages } from './studied-message.js';
import { subjectOf, type StudiedScenario, type Subject } from './subject.js';
import { transferTime, type TransferForm } from './transfer-time.js';

/** What is studied, and with how many draws. */
export interface StudyOptions {
  readonly direction: Direction;
  /** Number of the client, from 1. */
  readonly client: number;
  /** Size of a message, its header included. */
  readonly bits: number;
  /** At most so many messages. */
  readonly messages: number;
  /** Bound on the blocks that they take together; eight million unless given. */
  readonly mostBlocks?: number;
  /** Blocks, and packets at most. */
  readonly draws: number;
}

/** The settings that matter. */
export interface StudiedLink extends Pick<
  Channel,
  | 'fading'
  | 'correlation'
  | 'coherenceSeconds'
  | 'rate'
  | 'knowledge'
  | 'fixedRateBps'
  | 'retransmission'
  | 'maxTransmissions'
  | 'packetBits'
> {
  readonly direction: Direction;
  readonly client: number;
  readonly clients: number;
  /** Mean SNR over the link's share, at time 0. */
  readonly meanSnrDb: number;
  readonly bandwidthHz: number;
  readonly powerWatts: number;
  readonly timeShare: number;
  readonly sharing: Channel['uplink']['sharing'];
  readonly lossProbability: number;
  readonly isBroadcast: boolean;
  /** What the messages are to scripts of faults. */
  readonly kind: string;
}

type SimulatedName =
  | 'ergodicBps'
  | 'policyBps'
  | keyof Omit<SimulatedPackets, 'packets'>
  | 'delaySeconds'
  | 'energyJoules'
  | 'attempts'
  | 'delivered';

/**
 * Closed forms of a link beside a simulation of it; null where `why` has the reason, by the name of the
 * figure.
 */
export interface LinkStudy extends ClosedForms {
  readonly link: StudiedLink;
  readonly seed: number;
  readonly bits: number;
  readonly draws: number;
  /** How many were simulated, which may be fewer than asked for. */
  readonly messages: number;
  readonly packets: SimulatedPackets['packets'];
  /** Mean over all of the time of what the rate policy carries on the link's share. */
  readonly policyBps: number | null;
  readonly closedForm: TransferForm | null;
  /** Simulated with everything that the scenario says; of the messages that arrived. */
  readonly delaySeconds: DelayFigures;
  /** Simulated mean of a message, arrived or not. */
  readonly energyJoules: number;
  readonly delivered: number;
  readonly losses: SimulatedMessages['losses'];
  readonly simulated: Readonly<Record<SimulatedName, Estimate | null>>;
  /** What a reader has to know, a sentence or two each. */
  readonly notes: readonly string[];
}

/**
 * Studies one direction of one client. A pure function of its arguments.
 *
 * @throws UserError where there is no such client, or `bits` make too many packets.
 */
export function studyLink(
  scenario: StudiedScenario,
  recordings: Recordings | null,
  options: StudyOptions,
): LinkStudy {
  const subject = subjectOf(scenario, recordings, options);
  checkBits(subject, options.bits);
  const { bits, draws } = options;
  const closed = closedForms(subject);
  const means = blockMeans(subject);
  const form = means === null ? noMean : transferTime(subject, bits, means);
  const fluidSeconds = means !== null && means.rateBps > 0 ? bits / means.rateBps : Infinity;
  const blocks = simulateBlocks(subject, draws);
  const { packets, ...repeats } = simulatePackets(subject, closed, draws);
  const sent = simulateMessages(subject, bits, options.messages, fluidSeconds, options.mostBlocks);
  const simulated = {
    ...blocks,
    ...repeats,
    delaySeconds: sent.delay,
    energyJoules: sent.energy,
    attempts: sent.attempts,
    delivered: sent.delivered,
  };
  return {
    ...closed,
    link: settingsOf(subject, scenario.clients.count, options),
    seed: scenario.seed,
    bits,
    draws,
    messages: sent.messages,
    packets,
    policyBps: means?.rateBps ?? null,
    closedForm: typeof form === 'string' ? null : form,
    delaySeconds: sent.delaySeconds,
    energyJoules: sent.energyJoules,
    delivered: sent.delivered.value,
    losses: sent.losses,
    simulated,
    why: {
      ...closed.why,
      ...(means === null ? { policyBps: noMean } : {}),
      ...(typeof form === 'string' ? { closedForm: form } : {}),
      ...reasonsOf(simulated),
    },
    notes: [...cellNotes(scenario), ...notesOf({ subject, sent, options, fluidSeconds })],
  };
}

const noMean = 'the sender knows a gain of another block, whose law given this one is not known';

/** Why simulated figures are missing, as `simulated.<name>`. */
function reasonsOf(simulated: LinkStudy['simulated']): Record<string, string> {
  const reasons: Partial<Record<SimulatedName, string>> = {
    delaySeconds: 'fewer than two messages arrived',
    energyJoules: 'fewer than two messages were simulated',
    attempts: 'fewer than two messages were simulated',
  };
  const missing = Object.entries(simulated).filter(([, estimate]) => estimate === null);
  const reasonOf = (name: string) =>
    Object.entries(reasons).find(([known]) => known === name)?.[1] ??
    (name.endsWith('Bps') ? 'there are too few draws' : 'too few packets, or too many transmissions of each');
  return Object.fromEntries(missing.map(([name]) => [`simulated.${name}`, reasonOf(name)]));
}

function checkBits({ link }: Subject, bits: number): void {
  try {
    packetsOf(bits, link.packetBits, link.packetHeaderBits);
  } catch (error) {
    throw new UserError(`--bits ${bits}: ${messageOf(error)}, expected fewer; set channel.packetBits higher`);
  }
}

function settingsOf({ scenario, link, snr }: Subject, clients: number, options: StudyOptions): StudiedLink {
  const { channel } = scenario;
  const { fading, correlation, coherenceSeconds, rate, knowledge, fixedRateBps } = channel;
  const { retransmission, maxTransmissions, packetBits, bandwidthHz, powerWatts, timeShare } = link;
  return {
    direction: options.direction,
    client: options.client,
    clients,
    meanSnrDb: 10 * Math.log10(snr),
    bandwidthHz,
    powerWatts,
    timeShare,
    sharing: channel[options.direction].sharing,
    fading,
    correlation,
    coherenceSeconds,
    rate,
    knowledge,
    fixedRateBps,
    retransmission,
    maxTransmissions,
    packetBits,
    lossProbability: link.lossProbability,
    isBroadcast: link.isBroadcast,
    kind: studiedMessages[link.direction].kind,
  };
}

interface Noted {
  readonly subject: Subject;
  readonly sent: SimulatedMessages;
  readonly options: StudyOptions;
  readonly fluidSeconds: number;
}

const remarks: readonly ((noted: Noted) => string | false)[] = [
  ({ subject, sent, fluidSeconds }) =>
    subject.scenario.channel.fading !== 'none' &&
    fadeSecondsOf(subject) > (sent.delaySeconds.p50 ?? fluidSeconds) &&
    'The gain hardly changes while a message is on the air: the mean delay is dominated by rare deep ' +
      'fades, and diverges where one fade lasts for ever. Go by the quantiles.',
  ({ sent }) =>
    sent.delivered.value < 1 &&
    sent.delivered.value > 0 &&
    'Delays are those of the messages that arrived; energy is that of all.',
  ({ sent }) => sent.delivered.value === 0 && 'No message arrived.',
  ({ subject: { scenario, link } }) =>
    isScheduled(scenario.channel[link.direction].sharing) &&
    'The scheduler’s part is as if all clients sent all the time over links alike; in a run it divides the band ' +
      'over those who send.',
  ({ sent, options }) =>
    sent.messages < options.messages &&
    `${sent.messages} messages were simulated, not ${options.messages}: ` +
      'each takes very many blocks, packets or attempts.',
  ({ subject: { link } }) =>
    !link.snr.constant &&
    'The client moves: formulas, blocks and packets are for its mean SNR at time 0, ' +
      'messages begin at any time.',
  ({ subject: { link } }) =>
    link.isCorrelated &&
    'Repeats of packets are for independent blocks; messages go through the gain as it is correlated.',
  ({ subject: { link } }) =>
    link.faults.some(({ fromSeconds, toSeconds }) => fromSeconds !== undefined || toSeconds !== undefined) &&
    'Messages begin far apart in time, so that a script of a certain time touches few of them.',
];

function notesOf(noted: Noted): readonly string[] {
  const said = remarks.map((remark) => remark(noted)).filter((note) => note !== false);
  return [...said, ...blockNotes(noted.subject.scenario.channel).map((note) => `${note}.`)];
}

/**
 * How long a gain lasts: a block, or the coherence time where blocks are correlated; of a client that moves, the
 * shortest.
 */
function fadeSecondsOf({ scenario: { channel }, link }: Subject): number {
  if (!link.isCorrelated || channel.fading === 'trace') return link.coherenceSeconds;
  return Math.max(link.coherenceSeconds, coherenceTimeSeconds(greatestDopplerHz(channel)));
}
