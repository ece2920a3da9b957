import type { ClientStart } from '../../machines/client.js';
import type { Model, WorkOrder } from '../../machines/events.js';
import type { Stage } from '../../machines/protocol.js';
import type { Heard } from './heard.js';
import type { FirstAndLast } from './measured-responses.js';
import type { Failure } from './failure.js';
import type { Presence } from './presence.js';
import type { Bus } from '../simulation/bus/bus.js';
import type { Links } from './links.js';
import type { Client, Newcomer } from '../learning/clients/population.js';
import type { VirtualClock } from '../simulation/clock/virtual-clock.js';
import type { TokenTable } from '../learning/data/token-table.js';
import type { Tokenizer } from '../learning/data/tokenizer.js';
import type { Allocation } from '../strategies/allocation/allocation.js';
import type { CodecOf } from '../strategies/compression/by-part.js';
import type { Discipline } from '../strategies/disciplines/discipline.js';
import type { Weigh } from '../strategies/aggregation/weigh.js';
import type { AirMean } from '../strategies/over-the-air/air-mean.js';
import type { Method } from '../strategies/methods/method.js';
import type { Selection } from '../strategies/selection/selection.js';
import type { PretrainedReward } from '../learning/model/pretrained-reward.js';
import type { ParamRef, ParamSet } from '../learning/params/param-set.js';
import type { ParamStore } from '../learning/params/store.js';
import type { MessageLedger } from '../records/ledger.js';
import type { MetricRow } from '../records/rows.js';
import type { RunEvents } from '../records/run-events.js';
import type { Scenario } from '../scenario/schema.js';
import type { Executor } from '../learning/training/executor.js';
import type { ModelShape } from '../learning/model/model-shape.js';

/** What the actors of one run share: everything around the machines. */
export interface World {
  readonly scenario: Scenario;
  readonly method: Method;
  readonly discipline: Discipline;
  readonly selection: Selection;
  readonly allocation: Allocation;
  /** Whether the aggregation is told of the clients, and not of their updates only. */
  readonly tellsOfClients: boolean;
  /** Whether the aggregation asks for what updates were made from. */
  readonly sendsBases: boolean;
  /** What clients send where their updates add up over the air; null: the aggregation has to see them one by one. */
  readonly airMean: AirMean | null;
  /** How much updates count in an aggregate; null where its rule is no weighted sum of them. */
  readonly weigh: Weigh | null;
  readonly codecOf: CodecOf;
  readonly shape: ModelShape;
  readonly base: ParamRef;
  readonly start: Start;
  /** What LoRA begins as, at the places that it has modules for; null: as it is drawn. */
  readonly begunLora: ParamSet | null;
  /** What the reward models begin as, where they are pre-trained networks. */
  readonly pretrained: PretrainedStart | null;
  readonly tokenizer: Tokenizer;
  /** Those who take no part until training is over. */
  readonly newcomers: ReadonlyMap<string, Newcomer>;
  /** Test rows of nobody; null where there are none. */
  readonly common: TokenTable | null;
  /** What forgetting is measured on; null where it is not. */
  readonly pretrainingText: TokenTable | null;
  /** As they are now: a script may change what they want. */
  readonly clients: Map<string, Client>;
  /** How many times as long as by the scenario a client's tasks take that begin now; absent: 1. */
  readonly slowness: Map<string, number>;
  /** Numbers the tasks of the run, from 1. */
  readonly nextTask: () => number;
  /** What clients are training. */
  readonly work: Map<string, Work>;
  readonly links: Links;
  /** What was heard over the air, by the slot. */
  readonly heard: Map<string, Heard>;
  /** What clients answered in alignment, at their first and at their newest measurement. */
  readonly responses: Map<string, FirstAndLast>;
  /** Who is on. */
  readonly presence: Presence;
  readonly clock: VirtualClock;
  readonly bus: Bus;
  readonly store: ParamStore;
  readonly executor: Executor;
  readonly ledger: Pick<MessageLedger, 'closeRound' | 'decide' | 'joulesOf'>;
  /** Where the run tells its observers what happens. */
  readonly events: RunEvents;
  /** Whether real data's prompts and responses go into the records. */
  readonly showSamples: boolean;
  /** Reports a row of metrics.jsonl. */
  record(row: MetricRow): void;
  /** Ends the run because of a defect or a crash. */
  readonly failure: Failure;
}

/** Work that a client is at. */
interface Work {
  readonly order: WorkOrder;
  /** Ends it after the part that it is at; once, however often it is asked for. */
  handIn(): void;
}

/** What everybody has when a run begins. */
export interface Start {
  readonly stage: Stage;
  readonly global: Model;
  readonly clients: ReadonlyMap<string, ClientStart>;
}

export interface PretrainedStart {
  readonly loaded: PretrainedReward;
  /** Where heads alone are trained: what they all read, which everybody has and nobody sends. */
  readonly backbone: ParamSet | null;
}

export function clientOf(world: World, id: string): Client {
  const client = world.clients.get(id);
  if (!client) throw new Error(`no client is called ${id}`);
  return client;
}
