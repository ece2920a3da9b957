import {
  heard,
  nameOf,
  paramsIn,
  updateName,
  type Envelope,
  type Message,
  type Upload,
} from '../../machines/events.js';
import type { Stage } from '../../machines/protocol.js';
import type { BusEvent, LinkAccount, PartOfUpdate, SettledEvent } from '../simulation/bus/bus.js';
import type { Attempt, BandUse } from '../radio/channel/attempts.js';
import type { RunEvent, RunObserver } from './run-event.js';
import { roundCosts, type RoundCosts } from './round-costs.js';
import type { UpdateFate } from './fate.js';
import type { AttemptStory, ComputeRow, EndedMessage, MessageRow, PartialDelivery } from './rows.js';
import { sum } from '../moments.js';
import { UpdateFates } from './update-fates.js';

/**
 * A message that has begun and not ended: it ends when its link is done with it and it has arrived, if ever.
 */
interface Open {
  readonly envelope: Envelope;
  readonly copyOf: number | null;
  readonly sentAtSeconds: number;
  readonly story: AttemptStory[];
  /** Of its newest event but its arrival. */
  account: BusEvent;
  arrivedAtSeconds: number | null;
  settled: Pick<SettledEvent, 'outcome' | 'acknowledged' | 'reason' | 'partial' | 'atSeconds'> | null;
}

export interface LedgerOptions {
  /** Money for 8,000,000 bits on the air. */
  readonly pricePerMegabyte: number;
  readonly story: 'none' | 'attempts' | 'blocks';
  /** JSON pointer to a fault of the run, by its place among all. */
  readonly pointerOf: (fault: number) => string;
}

/**
 * Keeps the account of every message: a row when it and the update in it have ended, and the cost of a round, with
 * that of its work, when the server closes it.
 */
export class MessageLedger implements RunObserver {
  readonly #open = new Map<number, Open>();
  readonly #tellEnd: (row: EndedMessage) => void;
  readonly #fates: UpdateFates;
  readonly #options: LedgerOptions;
  readonly #spentJoules = new Map<string, number>();
  #ended: EndedMessage[] = [];
  #work: ComputeRow[] = [];

  /** `tellEnd` hears of a message as it ends, `write` of its row when the fate of its update is known. */
  constructor(
    options: LedgerOptions,
    tellEnd: (row: EndedMessage) => void,
    write: (row: MessageRow) => void,
  ) {
    this.#tellEnd = tellEnd;
    this.#fates = new UpdateFates(write);
    this.#options = options;
  }

  next(event: RunEvent): void {
    if (event.type === 'bus') this.#note(event.event);
    if (event.type !== 'row' || event.row.type !== 'compute') return;
    this.#work.push(event.row);
    this.#spend(event.row.actor, event.row.joules);
  }

  /** Sums up the messages and the work that have ended since the last call. */
  closeRound(stage: Stage, cohort: readonly string[]): Omit<RoundCosts, 'clients'> {
    const { delaySeconds, energyJoules, energy } = roundCosts(this.#ended, stage, cohort, this.#work);
    this.#ended = [];
    this.#work = [];
    this.#fates.closeRound(stage);
    return { delaySeconds, energyJoules, energy };
  }

  /** The server says where a client's update has ended. */
  decide(from: string, upload: Upload, fate: UpdateFate): void {
    this.#fates.decide(nameOfUpdate(from, upload), fate);
  }

  /** What a client's device has spent so far: as sender with waiting, as receiver, and on work that has ended. */
  joulesOf(client: string): number {
    return this.#spentJoules.get(client) ?? 0;
  }

  /** Writes what is still under way when the run ends. */
  complete(): void {
    for (const open of this.#open.values()) this.#end(open);
    this.#open.clear();
    this.#fates.complete();
  }

  #note(event: BusEvent): void {
    const { envelope, atSeconds } = event;
    if (event.phase === 'sent' || event.phase === 'duplicated') {
      const isCopy = event.phase === 'duplicated';
      this.#open.set(envelope.id, {
        envelope,
        copyOf: isCopy ? event.copyOf : null,
        sentAtSeconds: atSeconds,
        story: [],
        account: event,
        arrivedAtSeconds: null,
        settled: isCopy ? { outcome: 'delivered', acknowledged: true, reason: null, atSeconds } : null,
      });
      return;
    }
    const open = this.#open.get(envelope.id);
    if (!open) throw new Error(`message ${envelope.id}: ${event.phase} without having been sent`);
    if (event.phase === 'attempt') open.story.push(storyOf(event.attempt, this.#options.story));
    if (event.phase === 'settled') open.settled = event;
    if (event.phase === 'delivered') open.arrivedAtSeconds ??= atSeconds;
    // A delayed message arrives with the account of the moment at which it left the air.
    if (event.phase !== 'delivered') {
      this.#spendOnAir(envelope, event, open.account);
      open.account = event;
    }
    if (open.settled === null) return;
    if (open.settled.outcome === 'delivered' && open.arrivedAtSeconds === null) return;
    this.#open.delete(envelope.id);
    this.#ended.push(this.#end(open));
  }

  #spendOnAir({ from, to, message }: Envelope, account: LinkAccount, before: LinkAccount): void {
    const isUp = message.direction === 'up';
    const of = ({ transmitJoules, receiveJoules, idleJoules }: LinkAccount) =>
      isUp ? transmitJoules + idleJoules : receiveJoules;
    this.#spend(isUp ? from : to, of(account) - of(before));
  }

  #spend(client: string, joules: number): void {
    this.#spentJoules.set(client, this.joulesOf(client) + joules);
  }

  #end({ envelope, copyOf, sentAtSeconds, story, account, arrivedAtSeconds, settled }: Open): EndedMessage {
    const { message, from } = envelope;
    const { kind, step, stage, round } = nameOf(message);
    const isDropped = settled?.outcome === 'dropped';
    const endedAtSeconds = arrivedAtSeconds ?? (isDropped ? settled.atSeconds : null);
    const { band, bits, attempts, onAirSeconds, airBits } = account;
    const { transmitJoules, receiveJoules, idleJoules, energyJoules, blackoutSeconds } = account;
    const row: EndedMessage = {
      id: envelope.id,
      copyOf,
      from,
      to: envelope.to,
      kind,
      step,
      stage,
      round,
      params: paramsIn(message).map(({ kind, hash, parameters }) => ({ kind, hash, parameters })),
      bits,
      attempts,
      onAirSeconds,
      airBits,
      transmitJoules,
      receiveJoules,
      idleJoules,
      energyJoules,
      blackoutSeconds,
      ...(band && shareOf(band, onAirSeconds)),
      blackouts: account.blackouts.map((index) => this.#options.pointerOf(index)),
      outcome: arrivedAtSeconds !== null ? 'delivered' : isDropped ? 'dropped' : 'in-flight',
      reason: isDropped ? settled.reason : null,
      acknowledged: settled === null ? null : settled.acknowledged,
      delaySeconds: endedAtSeconds === null ? null : endedAtSeconds - sentAtSeconds,
      price: (airBits / 8e6) * this.#options.pricePerMegabyte,
      sentVirtualSeconds: sentAtSeconds,
      endedVirtualSeconds: endedAtSeconds,
      ...(message.direction === 'up' &&
        message.answers.allotment && { allotment: message.answers.allotment }),
      ...(settled?.partial && { partial: partialOf(message, settled.partial) }),
      ...(this.#options.story !== 'none' && { story }),
    };
    this.#tellEnd(row);
    this.#fates.end(row, message.direction === 'up' ? nameOfUpdate(from, heard(message)) : null);
    return row;
  }
}

function partialOf(message: Message, { arrived }: PartOfUpdate): PartialDelivery {
  const of = message.direction === 'up' ? (message.layout?.tensors.length ?? 0) : 0;
  return {
    ...{ tensors: arrived.length, of },
    bits: sum(arrived.map(({ bits }) => bits)),
    parameters: sum(arrived.map(({ parameters }) => parameters)),
  };
}

function nameOfUpdate(from: string, upload: Upload): string {
  return `${from}: ${updateName(upload)}`;
}

function shareOf({ seconds, waitSeconds }: BandUse, onAirSeconds: number) {
  return { bandShare: onAirSeconds > 0 ? seconds / onAirSeconds : 0, bandWaitSeconds: waitSeconds };
}

function storyOf(attempt: Attempt, story: LedgerOptions['story']): AttemptStory {
  const { atSeconds, seconds, onAirSeconds, airBits, packets, lostPackets, lost, acknowledged } = attempt;
  const { energyJoules, blocks, samples } = attempt;
  return {
    atSeconds,
    seconds,
    onAirSeconds,
    airBits,
    packets,
    lostPackets,
    lost,
    acknowledged,
    energyJoules,
    blocks,
    ...(story === 'blocks' && { samples }),
  };
}
