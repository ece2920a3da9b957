import { attemptsAt } from '../channel/attempts.js';
import { independentPath } from '../channel/gain-paths/independent.js';
import type { Link } from '../channel/link.js';
import { ratePolicies } from '../channel/rate-policies/index.js';
import type { ClosedForms } from './closed.js';
import { proportion, Tally, type Estimate } from './estimate.js';
import { studiedMessages } from './studied-message.js';
import type { Subject } from './subject.js';

/** Repeats of packets at the fixed rate, one per block; null where `why` has the reason. */
export interface SimulatedPackets {
  readonly outage: Estimate;
  readonly arqMean: Estimate | null;
  readonly arqTruncatedMean: Estimate | null;
  readonly residualLoss: Estimate | null;
  readonly harqChaseMean: Estimate | null;
  readonly harqIrMean: Estimate | null;
  /** How many of them, for the outage and under each scheme; 0 where it was not simulated. */
  readonly packets: Readonly<Record<'outage' | Scheme, number>>;
}

type Scheme = 'arq' | 'harq-chase' | 'harq-ir';

/** Transmissions of one scheme in all: a bound on the work. */
const mostTransmissions = 140_000;
/** More of one packet come with a probability of e^-25 where the mean is the greatest that is simulated. */
const cap = 10_000;
const greatestMean = 400;

/**
 * Sends packets of just a block's length over independent blocks at `channel.fixedRateBps`, by the code that
 * runs go through (`attemptsAt`), and counts transmissions until they are decoded.
 */
export function simulatePackets(subject: Subject, closed: ClosedForms, draws: number): SimulatedPackets {
  const { maxTransmissions } = subject.link;
  const arq = transmissionsUnder('arq', subject, closed.arqMean, draws);
  const bound = closed.arqMean ?? Infinity;
  const chase = transmissionsUnder('harq-chase', subject, closed.harqChaseMean ?? bound, draws);
  const incremental = transmissionsUnder('harq-ir', subject, closed.harqIrMean ?? bound, draws);
  const first = arq ?? sendPackets('arq', subject, Math.min(draws, mostTransmissions), 1);
  return {
    outage: shareOf(first, (transmissions) => transmissions !== 1),
    arqMean: arq && meanOf(arq),
    arqTruncatedMean: arq && meanOf(arq, (transmissions) => Math.min(transmissions, maxTransmissions)),
    residualLoss: arq && shareOf(arq, (transmissions) => transmissions > maxTransmissions),
    harqChaseMean: chase && meanOf(chase),
    harqIrMean: incremental && meanOf(incremental),
    packets: {
      outage: first.length,
      arq: arq?.length ?? 0,
      'harq-chase': chase?.length ?? 0,
      'harq-ir': incremental?.length ?? 0,
    },
  };
}

/** Null where a packet would take too many transmissions. */
function transmissionsUnder(
  scheme: Scheme,
  subject: Subject,
  mean: number | null,
  draws: number,
): Float64Array | null {
  if (mean === null || mean > greatestMean) return null;
  return sendPackets(scheme, subject, Math.min(draws, Math.floor(mostTransmissions / mean)), cap);
}

/**
 * The number of transmissions of each packet; Infinity where `most` did not do. A packet begins in the block after
 * the last one of the packet before.
 */
function sendPackets(scheme: Scheme, subject: Subject, packets: number, most: number): Float64Array {
  const link = bareLink(subject, scheme, most);
  const bits = subject.scenario.channel.fixedRateBps * link.coherenceSeconds;
  const message = studiedMessages[link.direction];
  let block = 0;
  return Float64Array.from({ length: packets }, (_, packet) => {
    const attempts = attemptsAt(bits, link, { ...message, round: packet }, block * link.coherenceSeconds);
    block += attempts.length;
    return attempts.at(-1)?.arrives === true ? attempts.length : Infinity;
  });
}

/** The link with nothing on it but fading, at the fixed rate, all blocks its own and independent. */
function bareLink({ scenario, link, snr }: Subject, scheme: Scheme, most: number): Link {
  return {
    ...link,
    policy: ratePolicies.fixed(scenario.channel, link.bandwidthHz, link.law),
    snr: { ratioAt: () => snr, constant: true },
    path: independentPath(link.law, { seed: link.seed, purpose: 'link-study packets', link: link.id }),
    isCorrelated: false,
    scheduled: null,
    knowledge: null,
    timeShare: 1,
    lossProbability: 0,
    bursts: null,
    faults: [],
    blackouts: [],
    ackLossProbability: 0,
    feedbackSeconds: 0,
    backoffSeconds: 0,
    packetBits: null,
    retransmission: scheme,
    maxTransmissions: most,
    maxAttemptSeconds: Infinity,
    moments: null,
    story: 'none',
  };
}

function shareOf(transmissions: Float64Array, counts: (transmissions: number) => boolean): Estimate {
  return proportion(transmissions.filter(counts).length, transmissions.length);
}

function meanOf(packets: Float64Array, of = (transmissions: number) => transmissions): Estimate | null {
  const tally = new Tally();
  for (const each of packets) tally.add(of(each));
  return tally.estimate;
}
