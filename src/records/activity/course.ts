import { least } from '../../extremes.js';
import type { ScriptRow, StepRow } from '../rows.js';
import type { Activity, ActivityRow, ActivityRows, Claim, Lane, SentMessage } from './activity.js';
import { Claims } from './claims.js';
import { ClaimedLane, clientPriority, serverPriority } from './lane.js';
import { SpanColumns } from './span-columns.js';
import { piecesOf, Queues } from './transmissions.js';
import { Versions, type VersionSpan } from './versions.js';
import { Aggregating, isArrival, isTurn, stageOf, Work } from './work.js';

type MessageClaims = Readonly<Record<'on-the-air' | 'waits-for-link' | 'blackout', Claims>>;

interface Client {
  readonly id: string;
  readonly work: Work;
  readonly messages: MessageClaims;
}

/** So many rows are read in a slice. */
const sliceRows = 2000;

/**
 * Who did what when, in a run that may go on: the server first, then the clients in their order. `grow` reads the rows
 * that have come since, and makes the lanes anew from the version on that they change. A message is its client's,
 * whoever sends it; the server has those that it sends. Of several claims of one kind the one that began first
 * stands, and of those that began together downloads before updates, then what was sent first.
 */
export class Course {
  readonly #clients: ReadonlyMap<string, Client>;
  readonly #messages = new Map<number, SentMessage>();
  readonly #server = { aggregating: new Aggregating(), messages: this.#messageClaims() };
  readonly #versions: Versions;
  readonly #queues = new Queues();
  readonly #lanes: readonly ClaimedLane[];
  /** The claims that others wait for, and all. */
  readonly #busy: readonly Claims[];
  readonly #claims: readonly Claims[];
  readonly #scripts: ScriptRow[] = [];
  readonly #pointers: string[] = [];
  readonly #scratch = { above: new SpanColumns(), below: new SpanColumns() };
  #rows: ActivityRows;
  #read = { metrics: 0, messages: 0 };

  constructor({ clients: ids, scenario }: Pick<ActivityRows, 'clients' | 'scenario'>) {
    this.#rows = { clients: ids, scenario, metrics: [], messages: [], endSeconds: 0 };
    this.#versions = new Versions(scenario.stages);
    const clients = ids.map((id): Client => ({ id, work: new Work(), messages: this.#messageClaims() }));
    this.#clients = new Map(clients.map((client) => [client.id, client]));
    this.#lanes = [this.#serverLane(), ...clients.map((client) => this.#clientLane(client))];
    this.#busy = [
      this.#server.aggregating.claims,
      ...clients.map(({ work }) => work.trainings),
      ...[this.#server, ...clients].flatMap(({ messages }) => Object.values(messages)),
    ];
    this.#claims = [...this.#busy, ...clients.map(({ work }) => work.absences)];
  }

  /**
   * Reads those of the run's rows that it has not read yet, in slices: between two of them others may work. The lanes
   * are whole when it is done.
   */
  *grow(rows: ActivityRows): Generator<void, void, void> {
    const upTo = { metrics: rows.metrics.length, messages: rows.messages.length };
    this.#rows = rows;
    while (this.#read.metrics < upTo.metrics) {
      const source = this.#read.metrics++;
      this.#readMetric(rows.metrics[source]!, source);
      if (source % sliceRows === 0) yield;
    }
    while (this.#read.messages < upTo.messages) {
      const index = this.#read.messages++;
      this.#readMessage(rows.messages[index]!);
      if (index % sliceRows === 0) yield;
    }
    const changedSeconds = least([this.#versions, ...this.#claims].map((each) => each.takeChange()));
    if (changedSeconds === Infinity) return;
    const anewSeconds = this.#versions.waitAnew(changedSeconds, this.#busy);
    for (const lane of this.#lanes) {
      yield;
      lane.redo(anewSeconds, this.#versions.idle, this.#scratch);
    }
  }

  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  get endSeconds(): number {
    return this.#rows.endSeconds;
  }

  get versions(): readonly VersionSpan[] {
    return this.#versions.until(this.endSeconds);
  }

  /** All messages that somebody sent, one link after the other. */
  get sent(): readonly SentMessage[] {
    return this.#queues.all();
  }

  /** What a message did that somebody sent. */
  piecesOf(row: SentMessage): readonly Claim[] {
    const { scenario, endSeconds } = this.#rows;
    const script = { scenario, endSeconds, scripts: this.#scripts };
    return piecesOf(row, this.#queues.freeAtSeconds(row), script);
  }

  /** When a client worked, whatever else it did. */
  trainings(client: string): readonly Claim[] {
    const { spans } = this.#clients.get(client)!.work.trainings;
    return Array.from({ length: spans.length }, (_, index) => this.#claim(spans, index));
  }

  #messageClaims(): MessageClaims {
    const claims = () =>
      new Claims((id, other) => {
        const [isUp, isOtherUp] = [id, other].map((each) => this.#messages.get(each)!.to === 'server');
        return isUp === isOtherUp ? id > other : isUp!;
      });
    return { 'on-the-air': claims(), 'waits-for-link': claims(), blackout: claims() };
  }

  #serverLane(): ClaimedLane {
    const claims = { aggregating: this.#server.aggregating.claims, ...this.#server.messages };
    return this.#lane(
      'server',
      serverPriority.map((kind) => claims[kind]),
    );
  }

  #clientLane({ id, work, messages }: Client): ClaimedLane {
    const claims = { off: work.absences, training: work.trainings, ...messages };
    return this.#lane(
      id,
      clientPriority.map((kind) => claims[kind]),
    );
  }

  #lane(actor: string, claims: readonly Claims[]): ClaimedLane {
    return new ClaimedLane(actor, claims, {
      endSeconds: () => this.endSeconds,
      activity: (spans, index): Activity => ({ actor, ...this.#claim(spans, index) }),
    });
  }

  #readMetric(row: ActivityRow, source: number): void {
    if (row.type === 'round') this.#versions.close(row);
    if (row.type === 'script') this.#scripts.push(row);
    if (!isTurn(row)) return;
    if (row.actor === 'server') this.#server.aggregating.turn(row, source);
    else this.#clients.get(row.actor)?.work.turn(row, source);
  }

  #readMessage(row: SentMessage): void {
    if (row.copyOf !== null) return;
    this.#messages.set(row.id, row);
    if (isArrival(row)) this.#clients.get(row.to)?.work.arrive(row.endedVirtualSeconds!);
    const [, ...behind] = this.#queues.add(row, this.endSeconds);
    for (const each of behind) {
      for (const claims of this.#claimsOf(each)) {
        for (const own of Object.values(claims)) own.removeOf(each.id, each.sentVirtualSeconds);
      }
    }
    for (const each of [row, ...behind]) this.#claimFor(each);
  }

  #claimFor(row: SentMessage): void {
    for (const { kind, stage, fromSeconds, toSeconds, faults } of this.piecesOf(row)) {
      const fault = this.#numberOf(faults[0]);
      const span = { kind, stage, fromSeconds, toSeconds, source: row.id, fault };
      for (const claims of this.#claimsOf(row)) claims[kind as keyof MessageClaims].add(span);
    }
  }

  /** Whose lanes a message is on. */
  #claimsOf({ from, to }: SentMessage): readonly MessageClaims[] {
    const client = this.#clients.get(from === 'server' ? to : from);
    const own = client === undefined ? [] : [client.messages];
    return from === 'server' ? [this.#server.messages, ...own] : own;
  }

  #numberOf(pointer: string | undefined): number {
    if (pointer === undefined) return -1;
    const known = this.#pointers.indexOf(pointer);
    return known >= 0 ? known : this.#pointers.push(pointer) - 1;
  }

  #claim(spans: SpanColumns, index: number): Claim {
    const [kind, fromSeconds, fault] = [spans.kind(index), spans.fromSeconds(index), spans.fault(index)];
    return {
      kind,
      fromSeconds,
      toSeconds: Math.min(spans.toSeconds(index), this.endSeconds),
      ...this.#about(spans, index),
      faults: fault < 0 ? [] : [this.#pointers[fault]!],
    };
  }

  /** What a span belongs to, by its kind. */
  #about(spans: SpanColumns, index: number): Pick<Claim, 'stage' | 'round' | 'step' | 'message'> {
    const source = spans.source(index);
    switch (spans.kind(index)) {
      case 'training':
      case 'aggregating': {
        const { step, round } = this.#rows.metrics[source] as StepRow;
        return { stage: stageOf(step), round, step, message: null };
      }
      case 'on-the-air':
      case 'waits-for-link':
      case 'blackout': {
        const { stage, round, step, id } = this.#messages.get(source)!;
        return { stage, round, step, message: id };
      }
      case 'waits-for-others':
      case 'waits-for-deadline':
        return { ...placeOf(this.#versions.of(source)), step: null, message: null };
      case 'off':
        return { ...placeOf(this.#versions.at(spans.fromSeconds(index))), step: null, message: null };
    }
  }
}

const placeOf = ({ stage, round }: VersionSpan) => ({ stage, round });
