import { stream, type Stream } from '../../simulation/random/stream.js';
import type { Airtime, Attempt, BegunAttempt, KeyedMessage, LossReason } from './attempt.js';
import { BlockWalk, type Blocks } from './block-walk.js';
import { costsOf } from './costs.js';
import {
  attemptFaults,
  blackoutsOf,
  inBlackout,
  keyOf,
  silencesIn,
  type AttemptFaults,
  type Blackout,
} from './faults/faults.js';
import { groupPolicy } from './group-policy.js';
import type { Link } from './link.js';
import { packetRisk } from './losses/packet-risk.js';
import { backoffSeconds } from './retransmission/back-off.js';
import { packetsAfter } from './retransmission/packets-after.js';
import { bitsOfAll, inBoth, packetsOf, wholeWithin, type Packets } from './retransmission/packets.js';
import { retransmissions } from './retransmission/index.js';
import { isSentAgain } from './sent-again.js';
import { least } from '../../extremes.js';

export type * from './attempt.js';

/**
 * Work that goes into one message, by what is done for it: some seconds' worth. A message that has taken more
 * once an attempt ends is given up.
 */
const mostWork = 2 ** 26;
const workOf = { block: 8, packetByItself: 8, drawOfLuck: 4 };

/** The receivers of a message; with more than one the first attempt is a broadcast. */
export type Group = readonly Link[];

/**
 * Everything that will happen to a message of `bits` which its link begins to send at `startSeconds`: one
 * attempt or more, each a function of seed, link, message, number of the attempt and time (decision D3).
 *
 * RangeError where `bits` is negative, not finite, or makes too many packets.
 */
export function attemptsAt(
  bits: number,
  link: Link,
  message: KeyedMessage,
  startSeconds: number,
  group: Group = [link],
): readonly Attempt[] {
  const sender = new Sender(bits, link, message, group);
  const attempts: Attempt[] = [];
  let atSeconds = startSeconds;
  for (let number = 1; ; number++) {
    const attempt = sender.attempt(number, atSeconds);
    attempts.push(attempt);
    if (!isSentAgain(attempt, number, link)) return attempts;
    atSeconds += attempt.seconds + attempt.waitSeconds;
  }
}

const noFaults: AttemptFaults = { lost: null, rateFactor: 1 };

interface Heard {
  readonly lost: readonly number[];
  /** Why the first of them was lost. */
  readonly reason: LossReason;
  readonly airBits: number;
  /** Of an attempt that ran out of time: those that were not whole by then, or lost before. Absent: `lost`. */
  readonly notWhole?: readonly number[];
}

/** A message on its way: which packets are missing still, and what the receiver has kept of them. */
export class Sender {
  readonly #link: Link;
  readonly #message: KeyedMessage;
  readonly #group: Group;
  readonly #packets: Packets;
  /** Packets that the recipient lacks, and those that the sender believes it lacks. */
  #missing: readonly number[];
  #unacknowledged: readonly number[];
  /** Information in bits that the receiver holds on each packet, for HARQ. */
  readonly #information = new Map<number, number>();
  /** So far, as `workOf` weighs it. */
  #work = 0;

  constructor(bits: number, link: Link, message: KeyedMessage, group: Group) {
    this.#link = link;
    this.#message = message;
    this.#group = group;
    this.#packets = packetsOf(bits, link.packetBits, link.packetHeaderBits);
    this.#missing = Array.from({ length: this.#packets.count }, (_, index) => index);
    this.#unacknowledged = this.#missing;
  }

  attempt(number: number, atSeconds: number): Attempt {
    const receivers = number === 1 ? this.#group : [this.#link];
    const { rateFactor, silences } = this.begin(number, atSeconds, receivers);
    const policy = groupPolicy(this.#link, receivers, atSeconds);
    const blocks = { ...this.#blocks(number, receivers, rateFactor), policy, silences };
    const walk = new BlockWalk(blocks, atSeconds, this.#link.story === 'blocks');
    const { lost } = this.#faults(this.#link, number, atSeconds);
    return this.#conclude(number, walk, this.#transmit(walk, this.#unacknowledged, number, lost), receivers);
  }

  /** An attempt whose time on the air somebody else knows; `end` has the rest of it. */
  begin(number: number, atSeconds: number, receivers: Group = [this.#link]): BegunAttempt {
    return {
      bits: bitsOfAll(this.#unacknowledged, this.#packets),
      rateFactor: least(receivers.map((one) => this.#faults(one, number, atSeconds).rateFactor)),
      silences: silencesIn(this.#silent(receivers)),
    };
  }

  /** What came of the attempt, given whether all that it began with was sent. */
  end(number: number, airtime: Airtime, isSent: boolean): Attempt {
    const { lost } = this.#faults(this.#link, number, airtime.startSeconds);
    const heard = isSent
      ? this.#heard(this.#unacknowledged, number, lost)
      : this.#outOfTime(this.#unacknowledged, number, lost, airtime.sentBits, airtime.sentBits);
    return this.#conclude(number, airtime, heard, [this.#link]);
  }

  #conclude(number: number, airtime: Airtime, heard: Heard, receivers: Group): Attempt {
    const link = this.#link;
    const { startSeconds: atSeconds, seconds, onAirSeconds, blocks, samples } = airtime;
    const sent = this.#unacknowledged;
    const before = this.#missing;
    this.#missing = inBoth(before, heard.lost);
    this.#work += workOf.block * airtime.walked * receivers.length;
    const isHeard =
      link.ackLossProbability === 0 || this.#draws('ack', number).uniform() >= link.ackLossProbability;
    if (isHeard) this.#unacknowledged = this.#missing;
    const acknowledged = isHeard && this.#missing.length === 0;
    const waitSeconds = acknowledged ? 0 : link.feedbackSeconds + backoffSeconds(link, number);
    const attempt: Attempt = {
      atSeconds,
      seconds,
      onAirSeconds,
      airBits: heard.airBits / receivers.length,
      packets: sent.length,
      lostPackets: heard.lost.length,
      lost: heard.lost.length > 0 ? heard.reason : null,
      arrives: before.length > 0 && this.#missing.length === 0,
      acknowledged,
      waitSeconds,
      ...costsOf(link, airtime, waitSeconds, receivers.length),
      ...inBlackout(this.#silent(receivers), { fromSeconds: atSeconds, toSeconds: atSeconds + seconds }),
      blocks,
      samples,
      ...(link.packetBits !== null && {
        packetsAfter: packetsAfter(sent, before, heard.notWhole ?? heard.lost, isHeard),
      }),
    };
    const isOverworked = this.#work > mostWork && isSentAgain(attempt, number, link);
    return isOverworked ? { ...attempt, lost: 'timeout' } : attempt;
  }

  /** A broadcast at the rate of the worst receiver waits while one of them hears nothing. */
  #silent(receivers: Group): readonly Blackout[] {
    return receivers.flatMap((one) => blackoutsOf(one.blackouts, this.#message));
  }

  #faults(link: Link, number: number, atSeconds: number): AttemptFaults {
    if (link.faults.length === 0) return noFaults;
    return attemptFaults(link.faults, { ...link, ...this.#message, link: link.id }, number, atSeconds);
  }

  /** Sends the packets one after the other; which of them were lost, all of them where a script says so. */
  #transmit(walk: BlockWalk, sent: readonly number[], number: number, script: AttemptFaults['lost']): Heard {
    const { policy, bursts } = this.#link;
    const isRiskByPacket = policy.code !== null || bursts !== null;
    if (!policy.adaptive || isRiskByPacket) return this.#transmitOneByOne(walk, sent, number, script);
    const bits = bitsOfAll(sent, this.#packets);
    if (!walk.send(bits)) {
      return this.#outOfTime(sent, number, script, walk.sentBits, walk.sentBits + walk.lostBits);
    }
    return this.#heard(sent, number, script, walk.lostBits);
  }

  /** Of packets that were all sent, at rates that their blocks carried, and of bits sent in vain before. */
  #heard(sent: readonly number[], number: number, script: AttemptFaults['lost'], lostBits = 0): Heard {
    const { lossProbability } = this.#link;
    const airBits = bitsOfAll(sent, this.#packets) + lostBits;
    if (script !== null) return { lost: sent, reason: script, airBits };
    if (lossProbability === 0) return { lost: [], reason: 'loss', airBits };
    const luck = this.#luckOf(sent, number);
    return { lost: sent.filter((_, i) => luck[i]! < lossProbability), reason: 'loss', airBits };
  }

  /** Of packets of which the first `sentBits` were sent when the time was over. */
  #outOfTime(
    sent: readonly number[],
    number: number,
    script: AttemptFaults['lost'],
    sentBits: number,
    airBits: number,
  ): Heard {
    const lost = { lost: sent, reason: 'timeout', airBits } as const;
    if (this.#link.packetBits === null) return lost;
    const whole = wholeWithin(sentBits, sent, this.#packets);
    const { lost: unlucky } = this.#heard(sent.slice(0, whole), number, script);
    return { ...lost, notWhole: [...unlucky, ...sent.slice(whole)] };
  }

  #transmitOneByOne(
    walk: BlockWalk,
    sent: readonly number[],
    number: number,
    script: AttemptFaults['lost'],
  ): Heard {
    const luck = this.#luckOf(sent, number);
    this.#work += workOf.packetByItself * sent.length;
    const lost: number[] = [];
    let reason: LossReason = 'loss';
    let airBits = 0;
    for (let i = 0; i < sent.length; i++) {
      const packet = sent[i]!;
      const onAirBefore = walk.onAirSeconds;
      const information = this.#sendPacket(walk, packet);
      if (information === null) {
        return { lost: sent, reason: 'timeout', airBits, notWhole: [...lost, ...sent.slice(i)] };
      }
      airBits += this.#packets.bitsOf(packet);
      const onAirSeconds = walk.onAirSeconds - onAirBefore;
      const isUnlucky = luck[i]! < packetRisk(this.#link, walk.startSeconds + walk.seconds, onAirSeconds);
      const cause = script ?? (isUnlucky ? 'loss' : this.#isDecoded(packet, information) ? null : 'outage');
      if (cause === null) continue;
      if (lost.length === 0) reason = cause;
      lost.push(packet);
    }
    return { lost, reason, airBits: airBits + walk.lostBits };
  }

  /** The information in bits that the receiver gets on the packet; null at the limit of time. */
  #sendPacket(walk: BlockWalk, packet: number): number | null {
    const bits = this.#packets.bitsOf(packet);
    if (!this.#link.policy.adaptive) return walk.sendBlindly(this.#secondsOf(bits));
    return walk.send(bits) ? bits : null;
  }

  #isDecoded(packet: number, information: number): boolean {
    const { policy, bandwidthHz, retransmission } = this.#link;
    const bits = this.#packets.bitsOf(packet);
    if (policy.adaptive) return true;
    const { combined } = retransmissions[retransmission];
    const channelUses = this.#secondsOf(bits) * bandwidthHz;
    const known = combined(this.#information.get(packet) ?? 0, information, channelUses);
    this.#information.set(packet, known);
    // The rounding of a sum over blocks must not make a packet fail whose blocks carry just what it has.
    return known >= bits * (1 - 1e-12);
  }

  /** On the air, at a fixed rate. */
  #secondsOf(bits: number): number {
    return bits / this.#link.policy.rateBps(1, 1);
  }

  /** A uniform draw for each of these packets, the same one whichever others are sent beside it. */
  #luckOf(sent: readonly number[], number: number): Float64Array {
    const luck = new Float64Array(sent.length).fill(1);
    const { lossProbability, bursts, policy } = this.#link;
    if (lossProbability === 0 && bursts === null && policy.code === null) return luck;
    const draws = this.#draws('loss', number);
    this.#work += workOf.drawOfLuck * this.#packets.count;
    for (let packet = 0, i = 0; i < sent.length; packet++) {
      const one = draws.uniform();
      if (sent[i] === packet) luck[i++] = one;
    }
    return luck;
  }

  #blocks(number: number, receivers: Group, rateFactor: number): Omit<Blocks, 'silences' | 'policy'> {
    const link = this.#link;
    const isAlone = receivers.length === 1;
    return {
      receptions: receivers,
      bandwidthHz: link.bandwidthHz,
      coherenceSeconds: link.coherenceSeconds,
      timeShare: link.timeShare,
      schedule: link.scheduled && { probability: link.scheduled, luck: link.luck },
      powerShareAt: link.powerShareAt,
      knowledge: link.knowledge && { ...link.knowledge, draws: this.#draws('knowledge', number) },
      rateFactor,
      limitSeconds: link.maxAttemptSeconds,
      moments: isAlone ? link.moments : null,
      runs: (...node) => stream(link.seed, 'run', link.id, ...node),
    };
  }

  /**
   * The stream of a purpose: keyed by what the message is and not by its number, which depends on everybody
   * else's messages.
   */
  #draws(purpose: string, attempt: number): Stream {
    return stream(this.#link.seed, purpose, this.#link.id, ...keyOf(this.#message), attempt);
  }
}
