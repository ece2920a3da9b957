import { maxBlocks } from '../channel/block-walk.js';
import { Sender, type Airtime, type Attempt, type KeyedMessage } from '../channel/attempts.js';
import type { Link } from '../channel/link.js';
import { copyOf, emptyBand, join, type Band } from './band.js';
import type { SharedBand } from './scheduler.js';
import type { Transmission } from './transmission.js';
import { walk } from './walk.js';

/** An attempt that a link begins. */
export interface BeginningAttempt {
  readonly link: Link;
  readonly message: KeyedMessage;
  /** Of the message, packet headers not included. */
  readonly bits: number;
  /** From 1. */
  readonly number: number;
}

export interface EndedAttempt {
  readonly link: string;
  readonly attempt: Attempt;
}

/** What a scheduler has given of a band over a span of time, for the invariants. */
export interface GivenBand {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** The most at any time; 1 is all of the band. */
  readonly mostGiven: number;
  /** Time in which a part of the band was idle though somebody could have sent. */
  readonly idleSeconds: number;
}

/** A message on its way, on the link as it was when it began: what a script changes counts from the next one on. */
interface Sending {
  readonly sender: Sender;
  readonly link: Link;
  /** Number of the attempt. */
  readonly number: number;
}

/** Blocks of the first look ahead after a change; each that follows it goes twice as far. */
const firstLook = 32;

/**
 * One band of the cell: the uplink's or the downlink's. What has happened on it is committed up to a moment, and
 * what will happen next is looked up ahead from there, a pure function of what is committed. Where a transmission
 * joins or leaves before that, the look is forgotten: the band is advanced to the moment of the change.
 */
export class Cell {
  readonly #shared: SharedBand;
  #committed: Band = emptyBand();
  #ahead: Band | null = null;
  #aheadEnded: readonly Transmission[] = [];
  #changedAtSeconds = 0;
  #toldAtSeconds = 0;
  readonly #senders = new Map<string, Sending>();
  /** What links had in the mean when they were last on the air, and when that was. */
  readonly #averages = new Map<string, { readonly bps: number; readonly atSeconds: number }>();
  #ended: EndedAttempt[] = [];

  constructor(shared: SharedBand) {
    this.#shared = shared;
  }

  /** Ids of the links that are on the air. */
  get links(): readonly string[] {
    return this.#committed.on.map(({ link }) => link.id);
  }

  /** A link goes on the air with all that it believes to be missing. */
  begin(beginning: BeginningAttempt, nowSeconds: number): void {
    this.#advance(nowSeconds);
    const { number } = beginning;
    const before = number === 1 ? null : this.#senders.get(beginning.link.id)!;
    const { sender, link } = before ?? newSending(beginning);
    this.#senders.set(link.id, { sender, link, number });
    const startSeconds = this.#committed.atSeconds;
    const begun = sender.begin(number, startSeconds);
    const limitSeconds = Math.min(link.maxAttemptSeconds, maxBlocks * link.coherenceSeconds);
    join(this.#committed, {
      link,
      startSeconds,
      deadlineSeconds: startSeconds + limitSeconds,
      ...begun,
      remainingBits: begun.bits,
      onAirSeconds: 0,
      powerSeconds: 0,
      bandSeconds: 0,
      waitSeconds: 0,
      averageBps: this.#averageOf(link.id, startSeconds),
      blocks: 0,
      lastBlock: -1,
      samples: [],
      stride: 1,
    });
  }

  /** A link whose end has gone off leaves the air: what it was sending is lost. */
  leave(link: string, nowSeconds: number): void {
    this.#advance(nowSeconds);
    const cut = this.#committed.on.find((transmission) => transmission.link.id === link);
    if (cut === undefined) return;
    this.#committed.on = this.#committed.on.filter((transmission) => transmission !== cut);
    const { packets, ...attempt } = this.#attemptOf(cut, false);
    const lost = { arrives: false, acknowledged: false, lostPackets: packets, lost: 'offline' } as const;
    this.#ended.push({ link, attempt: { ...attempt, packets, ...lost } });
  }

  /** Looks ahead, and returns the virtual time at which something is to be committed: the next end, or a pause. */
  lookAhead(): number {
    const ahead = copyOf(this.#committed);
    const [first] = ahead.on;
    const blockSeconds = first?.link.coherenceSeconds ?? 0;
    const span = Math.max(firstLook * blockSeconds, ahead.atSeconds - this.#changedAtSeconds);
    // A pause at the end of a block: where it is does not show in what the transmissions get.
    const pause = (Math.floor((ahead.atSeconds + span) / blockSeconds) + 1) * blockSeconds;
    this.#aheadEnded = first === undefined ? [] : walk(ahead, this.#shared, pause);
    this.#ahead = ahead;
    return ahead.atSeconds;
  }

  /** What was looked up has come true. */
  arrive(): void {
    if (this.#ahead === null) throw new Error('a band comes to a moment that nobody looked ahead to');
    this.#committed = this.#ahead;
    this.#ahead = null;
    if (this.#aheadEnded.length > 0) this.#changedAtSeconds = this.#committed.atSeconds;
    this.#end(this.#aheadEnded);
  }

  /** The attempts that have ended since this was last asked. */
  takeEnded(): readonly EndedAttempt[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }

  /** What the scheduler has given since this was last asked. */
  takeGiven(): GivenBand {
    const { mostGiven, idleSeconds, atSeconds } = this.#committed;
    const given = { fromSeconds: this.#toldAtSeconds, toSeconds: atSeconds, mostGiven, idleSeconds };
    this.#toldAtSeconds = atSeconds;
    this.#committed.mostGiven = 0;
    this.#committed.idleSeconds = 0;
    return given;
  }

  #advance(nowSeconds: number): void {
    this.#ahead = null;
    // The clock rounds to a microsecond, so that an end may be due a moment before now.
    for (;;) {
      const ended = walk(this.#committed, this.#shared, nowSeconds);
      if (ended.length === 0) break;
      this.#end(ended);
    }
    this.#changedAtSeconds = this.#committed.atSeconds;
  }

  #end(transmissions: readonly Transmission[]): void {
    for (const transmission of transmissions) {
      const isSent = transmission.remainingBits <= 0;
      this.#ended.push({ link: transmission.link.id, attempt: this.#attemptOf(transmission, isSent) });
    }
  }

  #attemptOf(transmission: Transmission, isSent: boolean): Attempt {
    const { link, startSeconds, bits, remainingBits, bandSeconds, waitSeconds, averageBps } = transmission;
    const { atSeconds } = this.#committed;
    const { sender, number } = this.#senders.get(link.id)!;
    this.#averages.set(link.id, { bps: averageBps, atSeconds });
    const { onAirSeconds, powerSeconds, blocks, samples } = transmission;
    const airtime: Airtime = {
      startSeconds,
      seconds: atSeconds - startSeconds,
      ...{ onAirSeconds, powerSeconds, blocks, walked: blocks, samples },
      sentBits: bits - remainingBits,
    };
    return { ...sender.end(number, airtime, isSent), band: { seconds: bandSeconds, waitSeconds } };
  }

  /** What a link has had in the mean: nothing since it was last on the air. */
  #averageOf(link: string, nowSeconds: number): number {
    const { windowSeconds } = this.#shared.scheduler;
    const last = this.#averages.get(link);
    if (windowSeconds === null || last === undefined) return 0;
    return last.bps * Math.exp((last.atSeconds - nowSeconds) / windowSeconds);
  }
}

function newSending({ link, message, bits }: BeginningAttempt): Omit<Sending, 'number'> {
  return { sender: new Sender(bits, link, message, [link]), link };
}
