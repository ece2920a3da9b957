import { Subject, type Observable } from 'rxjs';
import type { Envelope, LaidTensor, Message } from '../../../machines/events.js';
import type { Attempt, BandUse, LossReason } from '../../radio/channel/attempts.js';
import type { VirtualClock } from '../clock/virtual-clock.js';

/** What a message has cost up to now, over all attempts. */
export interface LinkAccount {
  /** The message's size: its header and its parameters. */
  readonly bits: number;
  readonly attempts: number;
  readonly onAirSeconds: number;
  /** Bits on the air: with packet headers, and with every repeat. */
  readonly airBits: number;
  readonly transmitJoules: number;
  readonly receiveJoules: number;
  readonly idleJoules: number;
  /** Sum of the three. */
  readonly energyJoules: number;
  /** Of its attempts, those in which a scripted blackout left the link without a signal. */
  readonly blackoutSeconds: number;
  /** Places in the script of the blackouts that were to blame, rising. */
  readonly blackouts: readonly number[];
  /** What its attempts had of a band that is divided over those who send now; absent on a link with its own. */
  readonly band?: BandUse;
}

interface Reported extends LinkAccount {
  readonly envelope: Envelope;
  readonly atSeconds: number;
}

/** The message was handed to its link, where it waits for those before it. */
export interface SentEvent extends Reported {
  readonly phase: 'sent';
}

/** A second copy of a message that has arrived is on its way: behind the radio, so it costs nothing more. */
export interface DuplicatedEvent extends Reported {
  readonly phase: 'duplicated';
  /** Id of the message that it is a copy of. */
  readonly copyOf: number;
}

/** One attempt has come to its end; the account includes it. */
export interface AttemptEvent extends Reported {
  readonly phase: 'attempt';
  readonly attempt: Attempt;
}

/** The message has arrived, whether its sender knows or not. */
export interface DeliveredEvent extends Reported {
  readonly phase: 'delivered';
}

/** The link is done with the message; the account is final. */
export interface SettledEvent extends Reported {
  readonly phase: 'settled';
  /** Whether the recipient has it, or will have it when it was delayed. */
  readonly outcome: 'delivered' | 'dropped';
  /** Whether the sender believes so. */
  readonly acknowledged: boolean;
  /** Why the latest attempt lost packets; null where none was lost. */
  readonly reason: LossReason | null;
  /** Of an update that was dropped, where its recipient uses a part of it: which; else absent. */
  readonly partial?: PartOfUpdate;
}

/** Tensors of an update that was given up and brought some. */
export interface PartOfUpdate {
  /** Those that the recipient has, in the order in which they lie in the message. */
  readonly arrived: readonly LaidTensor[];
  /** Those of them that the sender knows to have arrived. */
  readonly acknowledged: readonly LaidTensor[];
}

export type BusEvent = SentEvent | DuplicatedEvent | AttemptEvent | DeliveredEvent | SettledEvent;
/** What a link reports; the bus adds the time. */
export type LinkReport = Unstamped<AttemptEvent> | Unstamped<DeliveredEvent> | Unstamped<SettledEvent>;
type Unstamped<E> = Omit<E, 'atSeconds'>;

/** A link's two ends. */
export interface Ends {
  readonly sender: string;
  readonly recipient: string;
}

/** The account of a message that has not been on the air. */
export const untouched: Omit<LinkAccount, 'bits'> = {
  attempts: 0,
  onAirSeconds: 0,
  airBits: 0,
  transmitJoules: 0,
  receiveJoules: 0,
  idleJoules: 0,
  energyJoules: 0,
  blackoutSeconds: 0,
  blackouts: [],
};

/** Bus events come before anything else of their moment: a message that arrives at a deadline is in time. */
const busPriority = -1;

/**
 * Carries every message of a run from its sender to its link, and the link's reports to both ends and to
 * whoever keeps records. Nothing is emitted where it is posted: an emission is an event of the clock, at the
 * same virtual time and in the order of posting, so that a subscriber may send from inside its `next` and all
 * see the same order. Who subscribes to `events` hears of an event before the actors do.
 */
export class Bus {
  readonly #events = new Subject<BusEvent>();
  readonly #queues = new Topics<SentEvent>();
  readonly #deliveries = new Topics<DeliveredEvent>();
  readonly #outcomes = new Topics<SettledEvent>();
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
   * `group` names all recipients, this one included, where the same content goes to several at once.
   */
  send<M extends Message>(
    from: string,
    to: string,
    message: M,
    group: readonly string[] = [to],
  ): Envelope<M> {
    const envelope: Envelope<M> = { id: ++this.#sent, from, to, group, message };
    this.#post({ phase: 'sent', envelope, ...this.#stamp(), bits: this.#bitsOf(message), ...untouched });
    return envelope;
  }

  /** Says what became of an attempt or of a message: now, or in so many seconds. */
  report(report: LinkReport, afterSeconds = 0): void {
    this.#post(() => ({ ...report, atSeconds: this.#clock.nowSeconds }), afterSeconds);
  }

  /** Lets a copy of a message that has arrived arrive once more, in so many seconds. */
  duplicate(envelope: Envelope, afterSeconds: number): void {
    const copy: Envelope = { ...envelope, id: ++this.#sent };
    const account = { envelope: copy, bits: this.#bitsOf(copy.message), ...untouched };
    this.#post({ phase: 'duplicated', copyOf: envelope.id, ...account, ...this.#stamp() });
    this.report({ phase: 'delivered', ...account }, afterSeconds);
  }

  /** Messages as they arrive at an actor. */
  deliveriesTo(recipient: string): Observable<DeliveredEvent> {
    return this.#deliveries.of(recipient);
  }

  /** The link layer's notices to an actor: what it knows of the end of each message that it sent. */
  outcomesFor(sender: string): Observable<SettledEvent> {
    return this.#outcomes.of(sender);
  }

  /** Messages as they come to a link, in the order in which it has to send them. */
  queueOf({ sender, recipient }: Ends): Observable<SentEvent> {
    return this.#queues.of(`${sender} ${recipient}`);
  }

  #stamp() {
    return { atSeconds: this.#clock.nowSeconds };
  }

  #post(event: BusEvent | (() => BusEvent), afterSeconds = 0): void {
    const emit = () => this.#emit(typeof event === 'function' ? event() : event);
    this.#clock.at(afterSeconds, emit, { priority: busPriority });
  }

  #emit(event: BusEvent): void {
    this.#events.next(event);
    const { from, to } = event.envelope;
    if (event.phase === 'sent') this.#queues.tell(`${from} ${to}`, event);
    if (event.phase === 'delivered') this.#deliveries.tell(to, event);
    if (event.phase === 'settled') this.#outcomes.tell(from, event);
  }
}

/** Who listens to what: an event costs those whom it concerns, however many others there are. */
class Topics<E> {
  readonly #subjects = new Map<string, Subject<E>>();

  of(topic: string): Observable<E> {
    const subject = this.#subjects.get(topic) ?? new Subject<E>();
    this.#subjects.set(topic, subject);
    return subject.asObservable();
  }

  tell(topic: string, event: E): void {
    this.#subjects.get(topic)?.next(event);
  }
}
