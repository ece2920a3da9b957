import { filter, Subject, type Observable } from 'rxjs';
import type { Envelope, Message } from '../../machines/events.js';
import type { LossReason } from '../channel/transmission.js';
import type { VirtualClock } from '../clock/virtual-clock.js';

/** What a message has cost up to now. */
export interface LinkAccount {
  /** The message's size; every attempt sends all of it. */
  readonly bits: number;
  readonly attempts: number;
  /** Over all attempts. */
  readonly onAirSeconds: number;
  readonly energyJoules: number;
}

interface Reported extends LinkAccount {
  readonly envelope: Envelope;
  readonly atSeconds: number;
}

/** The message was handed to its link, where it waits for those before it. */
export interface SentEvent extends Reported {
  readonly phase: 'sent';
}

/** One attempt has come to its end; the account includes it. */
export interface AttemptEvent extends Reported {
  readonly phase: 'attempt';
  readonly attempt: {
    readonly onAirSeconds: number;
    readonly energyJoules: number;
    /** Null where the attempt arrived. */
    readonly lost: LossReason | null;
  };
}

/** The message has arrived. */
export interface DeliveredEvent extends Reported {
  readonly phase: 'delivered';
}

/** The sender has given the message up. */
export interface DroppedEvent extends Reported {
  readonly phase: 'dropped';
  readonly reason: LossReason;
}

export type BusEvent = SentEvent | AttemptEvent | DeliveredEvent | DroppedEvent;
/** What a link reports; the bus adds the time. */
export type LinkReport = Unstamped<AttemptEvent> | Unstamped<DeliveredEvent> | Unstamped<DroppedEvent>;
type Unstamped<E> = Omit<E, 'atSeconds'>;

/** A link's two ends. */
export interface Ends {
  readonly sender: string;
  readonly recipient: string;
}

/** Bus events come before anything else of their moment: a message that arrives at a deadline is in time. */
const busPriority = -1;

/**
 * Carries every message of a run from its sender to its link, and the link's reports to both ends and to
 * whoever keeps records. Nothing is emitted where it is posted: an emission is an event of the clock, at the
 * same virtual time and in the order of posting, so that a subscriber may send from inside its `next` and all
 * see the same order.
 */
export class Bus {
  readonly #events = new Subject<BusEvent>();
  readonly #clock: VirtualClock;
  readonly #bitsOf: (message: Message) => number;
  #sent = 0;

  /** `bitsOf` gives a message's size on the air, header included. */
  constructor(clock: VirtualClock, bitsOf: (message: Message) => number) {
    this.#clock = clock;
    this.#bitsOf = bitsOf;
  }

  /** Everything that happens to any message, in order. */
  get events(): Observable<BusEvent> {
    return this.#events.asObservable();
  }

  /**
   * Hands a message to the link between two actors; envelopes are numbered in the order of sending, from 1.
   */
  send<M extends Message>(from: string, to: string, message: M): Envelope<M> {
    const envelope: Envelope<M> = { id: ++this.#sent, from, to, message };
    const account: LinkAccount = {
      bits: this.#bitsOf(message),
      attempts: 0,
      onAirSeconds: 0,
      energyJoules: 0,
    };
    this.#post({ phase: 'sent', envelope, atSeconds: this.#clock.nowSeconds, ...account });
    return envelope;
  }

  /** Says what became of an attempt or of a message, at the present time. */
  report(report: LinkReport): void {
    this.#post({ ...report, atSeconds: this.#clock.nowSeconds });
  }

  /** Messages as they arrive at an actor. */
  deliveriesTo(recipient: string): Observable<DeliveredEvent> {
    return this.#events.pipe(
      filter((event): event is DeliveredEvent => event.phase === 'delivered'),
      filter(({ envelope }) => envelope.to === recipient),
    );
  }

  /** The link layer's notices to an actor: what became of each message that it sent. */
  outcomesFor(sender: string): Observable<DeliveredEvent | DroppedEvent> {
    return this.#events.pipe(
      filter((event) => event.phase === 'delivered' || event.phase === 'dropped'),
      filter(({ envelope }) => envelope.from === sender),
    );
  }

  /** Messages as they come to a link, in the order in which it has to send them. */
  queueOf({ sender, recipient }: Ends): Observable<SentEvent> {
    return this.#events.pipe(
      filter((event): event is SentEvent => event.phase === 'sent'),
      filter(({ envelope }) => envelope.from === sender && envelope.to === recipient),
    );
  }

  #post(event: BusEvent): void {
    this.#clock.at(0, () => this.#events.next(event), { priority: busPriority });
  }
}
