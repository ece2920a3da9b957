import { least } from '../../extremes.js';
import type { Stream } from '../../simulation/random/stream.js';
import type { GainLaw } from './fading/fading.js';
import { drawEstimate, isCarried, type Knowledge } from './knowledge/knowledge.js';
import type { GainPath } from './gain-paths/gain-path.js';
import type { MeanSnr } from './large-scale/index.js';
import { leastWalked, longRun, type BlockMoments } from './long-run.js';
import { capacityBps } from './rate.js';
import type { RatePolicy } from './rate-policies/rate-policy.js';

/** How one receiver hears the blocks of an attempt. */
export interface Reception {
  readonly law: GainLaw;
  readonly snr: MeanSnr;
  /** The link's gains over virtual time. */
  readonly path: GainPath;
}

/** A span of virtual time in which nothing is heard, [from, to). */
export interface Silence {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** What an attempt goes through, block by block. */
export interface Blocks {
  /** One, or all receivers of a broadcast: the worst of them counts in each block. */
  readonly receptions: readonly Reception[];
  readonly policy: RatePolicy;
  readonly bandwidthHz: number;
  readonly coherenceSeconds: number;
  /** Share of each block that is the sender's, for TDMA. */
  readonly timeShare: number;
  /**
   * Whether a block is the sender's: where its uniform luck, which belongs to the link and the block, is below a
   * probability that the rank of its gain gives; null: every block is.
   */
  readonly schedule: { readonly probability: (rank: number) => number; readonly luck: GainPath } | null;
  /** What the sender makes of a gain that it does not know exactly, and draws of it; null: it knows the gain. */
  readonly knowledge: (Knowledge & { readonly draws: Stream }) | null;
  /** Share of the link's power that the sender takes at a time; null: all of it. */
  readonly powerShareAt: ((seconds: number) => number) | null;
  readonly silences: readonly Silence[];
  /** 1, or less on a link that a script slows down. */
  readonly rateFactor: number;
  /** An attempt that lasts longer is given up. */
  readonly limitSeconds: number;
  /**
   * Moments of what a block carries, where all blocks have one law; null: every block has to be walked
   * through.
   */
  readonly moments: (() => BlockMoments) | null;
  /** Draws of the runs that stand for blocks which are not walked through, by the first of these. */
  readonly runs: (block: number, run: number, level: number, node: number) => Stream;
}

/** Gain and rate at one moment of an attempt. */
export interface Sample {
  readonly atSeconds: number;
  readonly gain: number;
  readonly rateBps: number;
}

/** An attempt of more blocks is given up where each has to be walked through: a few seconds' work. */
export const maxBlocks = 2 ** 22;
const mostSamples = 240;

/**
 * One attempt's way through the coherence blocks of its channel. Bits add up block by block at the rate that
 * the policy takes in each; silent blocks take time but no energy.
 */
export class BlockWalk {
  /** Since the attempt's start, silence included. */
  seconds = 0;
  onAirSeconds = 0;
  /** Integral of the transmission power over time, relative to the link's power. */
  powerSeconds = 0;
  /** Blocks begun. */
  blocks = 0;
  /** Those of them that were gone through one by one. */
  walked = 0;
  /** Bits that `send` has sent, up to the limit. */
  sentBits = 0;
  /** Bits that it has sent besides, in blocks that did not carry their rate. */
  lostBits = 0;
  readonly #in: Blocks;
  /** Virtual time of its first bit. */
  readonly startSeconds: number;
  #block = 0;
  #blockSecondsLeft = 0;
  #gain = 0;
  #snr = 0;
  /** What the sender takes for gain and mean SNR. */
  #believedGain = 0;
  #believedSnr = 0;
  #isCarried = true;
  #powerShare = 1;
  #isOwn = true;
  #samples: Sample[] | null;
  #stride = 1;

  constructor(blocks: Blocks, startSeconds: number, keepsSamples = false) {
    this.#in = blocks;
    this.startSeconds = startSeconds;
    this.#samples = keepsSamples ? [] : null;
  }

  /** At most 240 of them, evenly over the blocks. */
  get samples(): readonly Sample[] {
    return this.#samples ?? [];
  }

  /** Sends so many bits at the rate of each block. False where the limit of time or of blocks came first. */
  send(bits: number): boolean {
    const remaining = this.#sendAll(bits);
    this.sentBits += bits - remaining;
    return remaining === 0;
  }

  /** The bits that remain at the limit. */
  #sendAll(bits: number): number {
    const { policy, timeShare, rateFactor, limitSeconds, moments } = this.#in;
    const share = timeShare * rateFactor;
    let remaining = bits;
    while (remaining > 0) {
      if (this.#blockSecondsLeft <= 0) {
        if (this.seconds >= limitSeconds || this.blocks >= maxBlocks) return remaining;
        if (moments !== null && this.blocks >= leastWalked && this.blocks >= moments().walked) {
          return this.#sendInRuns(remaining, moments());
        }
        this.#enterBlock();
      }
      const rate = this.#isOwn ? policy.rateBps(this.#believedGain, this.#believedSnr) * share : 0;
      const seconds = remaining / rate;
      if (!this.#isCarried) {
        this.lostBits += rate * this.#blockSecondsLeft;
        this.#pass(this.#blockSecondsLeft, rate > 0);
        continue;
      }
      if (seconds <= this.#blockSecondsLeft) {
        this.#pass(seconds, true);
        return 0;
      }
      remaining -= rate * this.#blockSecondsLeft;
      this.#pass(this.#blockSecondsLeft, rate > 0);
    }
    return 0;
  }

  /**
   * Is on the air for `seconds` whatever the gain, and returns the bits of information that the channel could
   * carry meanwhile; null where the limit came first.
   */
  sendBlindly(seconds: number): number | null {
    const { bandwidthHz, timeShare, rateFactor, limitSeconds } = this.#in;
    let remaining = seconds / rateFactor;
    let bits = 0;
    while (remaining > 0) {
      if (this.#blockSecondsLeft <= 0) {
        if (this.seconds >= limitSeconds || this.blocks >= maxBlocks) return null;
        this.#enterBlock();
      }
      const share = this.#isOwn ? timeShare : 0;
      const enough = remaining / share;
      const passed = Math.min(enough, this.#blockSecondsLeft);
      bits += capacityBps(bandwidthHz, this.#snr, this.#gain) * rateFactor * share * passed;
      remaining = enough <= this.#blockSecondsLeft ? 0 : remaining - share * passed;
      this.#pass(passed, share > 0);
    }
    return bits;
  }

  #pass(seconds: number, isOnAir: boolean): void {
    this.seconds += seconds;
    this.#blockSecondsLeft -= seconds;
    if (!isOnAir) return;
    const own = seconds * this.#in.timeShare;
    this.onAirSeconds += own;
    const ratio = this.#in.policy.powerRatio(this.#believedGain, this.#believedSnr);
    this.powerSeconds += own * ratio * this.#powerShare;
  }

  /**
   * Enters the block of this moment, for what is left of it: blocks belong to the link and to virtual time, and
   * an attempt may begin in the middle of one.
   */
  #enterBlock(): void {
    const { silences, schedule, coherenceSeconds, powerShareAt, knowledge } = this.#in;
    const now = this.startSeconds + this.seconds;
    if (powerShareAt !== null) this.#powerShare = powerShareAt(now);
    this.blocks += 1;
    this.walked += 1;
    const silence = silences.length === 0 ? undefined : silences.find(({ toSeconds }) => toSeconds > now);
    if (silence && silence.fromSeconds <= now) {
      this.#blockSecondsLeft = silence.toSeconds - now;
      this.#gain = 0;
      this.#believedGain = 0;
      this.#isCarried = true;
      this.#isOwn = true;
    } else {
      this.#block = this.#blockAt(now);
      this.#hear(now);
      this.#blockSecondsLeft = (this.#block + 1) * coherenceSeconds - now;
      this.#believedGain = this.#gain;
      this.#believedSnr = this.#snr;
      if (knowledge !== null) this.#believe(knowledge, now);
      if (silence) this.#blockSecondsLeft = Math.min(this.#blockSecondsLeft, silence.fromSeconds - now);
      this.#isOwn =
        schedule === null ||
        schedule.luck.gainAt(this.#block) < schedule.probability(this.#in.receptions[0]!.law.cdf(this.#gain));
    }
    this.#blockSecondsLeft = Math.min(
      this.#blockSecondsLeft,
      Math.max(this.#in.limitSeconds - this.seconds, 0),
    );
    if (this.#samples !== null) this.#sample(this.#samples);
  }

  /** A millionth of a block absorbs the rounding of the time at which the block before ended. */
  #blockAt(now: number): number {
    return Math.floor(now / this.#in.coherenceSeconds + 1e-6);
  }

  /**
   * Sets gain and mean SNR to those of the worst receiver in the present block; a gain relative to the mean of
   * the weakest.
   */
  #hear(now: number): void {
    const { receptions } = this.#in;
    let lowest = Infinity;
    for (let i = 0; i < receptions.length; i++) {
      const { snr, path } = receptions[i]!;
      const gain = path.gainAt(this.#block);
      const ratio = snr.ratioAt(now);
      if (gain * ratio >= lowest) continue;
      lowest = gain * ratio;
      this.#gain = gain;
      this.#snr = ratio;
    }
    if (receptions.length === 1) return;
    const weakest = least(receptions.map(({ snr }) => snr.ratioAt(now)));
    if (this.#snr === weakest) return;
    this.#gain = lowest / weakest;
    this.#snr = weakest;
  }

  /** Sets what the sender takes for gain and mean SNR, and whether the block carries its rate. */
  #believe(knowledge: NonNullable<Blocks['knowledge']>, now: number): void {
    const { policy, receptions, coherenceSeconds } = this.#in;
    const { path } = receptions[0]!;
    const block = Math.floor((now - knowledge.delaySeconds) / coherenceSeconds + 1e-6);
    this.#believedGain = drawEstimate(path.gainAt(Math.max(0, block)), knowledge, knowledge.draws);
    this.#believedSnr = this.#snr / knowledge.margin;
    const believed = { gain: this.#believedGain, snr: this.#believedSnr };
    this.#isCarried = isCarried(policy, { gain: this.#gain, snr: this.#snr }, believed);
  }

  #sendInRuns(bits: number, moments: BlockMoments): number {
    const { coherenceSeconds, limitSeconds, rateFactor, runs } = this.#in;
    const block = this.#blockAt(this.startSeconds + this.seconds);
    const run = longRun(bits / rateFactor, moments, (...node) => runs(block, ...node));
    if (run.blocks === Infinity) {
      this.seconds = limitSeconds;
      return bits;
    }
    const seconds = run.blocks * coherenceSeconds;
    const isInTime = this.seconds + seconds <= limitSeconds;
    const share = isInTime ? 1 : (limitSeconds - this.seconds) / seconds;
    this.seconds = isInTime ? this.seconds + seconds : limitSeconds;
    this.blocks += Math.ceil(run.blocks * share);
    this.onAirSeconds += run.onAirSeconds * share;
    this.powerSeconds += run.powerSeconds * share;
    return isInTime ? 0 : bits * (1 - share);
  }

  /** Keeps every block at first, then every second, fourth and so on. */
  #sample(samples: Sample[]): void {
    if ((this.blocks - 1) % this.#stride !== 0) return;
    const { policy, timeShare, rateFactor } = this.#in;
    const rateBps = this.#isOwn
      ? policy.rateBps(this.#believedGain, this.#believedSnr) * timeShare * rateFactor
      : 0;
    samples.push({ atSeconds: this.startSeconds + this.seconds, gain: this.#gain, rateBps });
    if (samples.length < mostSamples) return;
    this.#samples = samples.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }
}
