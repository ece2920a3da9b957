import type { MemoryRef } from '../src/learning/params/memory.js';
import type { ParamRef } from '../src/learning/params/param-set.js';
import {
  protocol,
  stages,
  type DownloadKind,
  type MessageKind,
  type MessageStep,
  type FixedPart,
  type RequestKind,
  type RewardPart,
  type Stage,
  type UploadKind,
} from './protocol.js';

/** What the server decided in Step 1.5, 2.5 or 3.5. */
export type Verdict = 'continue' | 'converged' | 'out-of-rounds';

/**
 * A model as handles, in the order in which its parts travel: the base, the parts of what is tuned by the names that
 * the method gives them, the reward models. The server's, or a client's own. Null: not there yet, or never.
 */
export type Model = Readonly<Record<FixedPart, ParamRef | null>> & Readonly<Record<string, ParamRef | null>>;

/**
 * What the server asks of a client: to work on version `version` of the global model of `stage`, which is the
 * work of round `version` + 1. `order` counts the client's orders on this version from 1, so that no two
 * orders of a client are alike, and later ones are greater (see `compareOrders`).
 */
export interface WorkOrder {
  readonly stage: Stage;
  readonly version: number;
  readonly order: number;
  /** Absent where the server allots nothing. */
  readonly allotment?: Allotment;
}

/** What a client has of the uplink, and how fast it computes, for one order. */
export interface Allotment {
  readonly bandwidthHz: number;
  readonly powerWatts: number;
  /** Of its clock; null: as its device has it. */
  readonly frequencyHz: number | null;
  /** Its resource block, from 1; null: a part of the band as a whole. */
  readonly block: number | null;
  /** Mean SNR over that which this bandwidth and power have in the band as a whole. */
  readonly snrFactor: number;
  /** Probability that a packet of the update is lost, whatever else the link loses. */
  readonly lossProbability: number;
  /** From the start of its work to the arrival of its update, as the server reckons. */
  readonly plannedSeconds: number;
}

/**
 * Server to client. `global` names the whole state, `params` only what has to travel because the client lacks
 * it. Two downloads may carry one order (one reward model each): the client starts when it holds all of
 * `global`, in whichever order they come.
 */
export interface Download {
  readonly direction: 'down';
  readonly kind: DownloadKind;
  /** Version of the stage's global model: the round that this message closed, 0 where it opens a stage. */
  readonly version: number;
  readonly verdict: Verdict;
  /** What the recipient is to do; null where it is only to know. */
  readonly order: WorkOrder | null;
  /** Whether the recipient drops what it works on for it. */
  readonly interrupts: boolean;
  readonly global: Model;
  readonly params: readonly ParamRef[];
}

/**
 * Server to client: hand in what you have of an order, after the step that you are at. It carries nothing, and
 * says nothing to a client that is not at work on that order.
 */
export interface Request {
  readonly direction: 'down';
  readonly kind: RequestKind;
  /** The version that is open. */
  readonly version: number;
  readonly about: WorkOrder;
}

/** Client to server: what the method shares of the work that an order asked for. */
export interface Upload {
  readonly direction: 'up';
  readonly kind: UploadKind;
  readonly answers: WorkOrder;
  /**
   * The global model that the work began with, as the download brought it. It is named, not sent: the server
   * knows its own versions, and one lives as long as somebody works on it or an answer to it is on its way.
   */
  readonly startedFrom: Model;
  /** By part. */
  readonly params: Readonly<Record<string, ParamRef>>;
  /** How its tensors lie in its packets, where the server may use a part of them (`server.partial`); else absent. */
  readonly layout?: Layout;
  /**
   * What measurement learns by and no message carries: reward models that the method lacks, as this update's
   * work has trained them (docs/alignment.md). Absent where it has both.
   */
  readonly judges?: Readonly<Partial<Record<RewardPart, ParamRef>>>;
  /** Rows that its stage trained on (`src/actors/rows.ts`): its weight in the mean. */
  readonly rows: number;
  /**
   * The client's own loss on its validation rows, for the criterion of Steps 1.5, 2.5 and 3.5; in stage 2 the
   * sum over the method's reward models, in the update of each. Null where the client had nothing to measure on.
   */
  readonly loss: number | null;
  /** The client that it says it is of, where that is not its sender; absent elsewhere. */
  readonly inNameOf?: string;
  /** What a client that lies says in place of it: the server hears that alone. Absent of all others. */
  readonly lie?: Upload;
}

/** How the tensors of an update lie in its packets, behind its header. */
export interface Layout {
  /** Of what says the order, before the first tensor. */
  readonly orderBits: number;
  /** In the order on the air. */
  readonly tensors: readonly LaidTensor[];
}

export interface LaidTensor {
  readonly part: string;
  readonly name: string;
  readonly parameters: number;
  readonly bits: number;
}

/** Names of tensors, by the part of the model. */
export type TensorNames = Readonly<Record<string, readonly string[]>>;

export type Message = Download | Request | Upload;

/** What strategies remember, by the part of the model that it is about. */
export type Memories = Readonly<Record<string, MemoryRef>>;

/** What a sender's codecs have left out, or could not deliver, and have still to send (error feedback). */
export type Residuals = Readonly<Record<string, ParamRef>>;

/** What a sender keeps of its codecs, by part. */
export interface CodecState {
  readonly memory: Memories;
  readonly residuals: Residuals;
}

/** What a message on its way makes of it (decision D12): memories by delivery, residuals by what becomes of it. */
export interface Unsettled {
  readonly memory: Memories;
  readonly delivered: Residuals;
  readonly dropped: Residuals;
}

/** A message on its way; `id` is unique in the run and in the order of sending. */
export interface Envelope<M extends Message = Message> {
  readonly id: number;
  readonly from: string;
  readonly to: string;
  /** All recipients of the same content at the same time, `to` included. */
  readonly group: readonly string[];
  readonly message: M;
}

export function isRequest(message: Message): message is Request {
  return 'about' in message;
}

/** An update as it reads to who receives it. */
export function heard(sent: Upload): Upload {
  return sent.lie ?? sent;
}

/** The parameters that travel in a message. */
export function paramsIn(message: Message): readonly ParamRef[] {
  if (isRequest(message)) return [];
  return message.direction === 'down' ? message.params : Object.values(message.params);
}

/** Bits of a message that say how its tensors lie in it. */
export function orderBitsIn(message: Message): number {
  return message.direction === 'up' ? (message.layout?.orderBits ?? 0) : 0;
}

/** What tells a message from all others of its sender and recipient, as the records name it. */
export interface MessageName {
  readonly kind: MessageKind;
  readonly step: MessageStep;
  readonly stage: Stage;
  /** The round that an upload is of, or that a download closed; 0 where it opens the stage. */
  readonly round: number;
  /** Which order on its version the message is of, where that is not the first. */
  readonly repeat?: number;
}

export function nameOf(message: Message): MessageName {
  const { kind, direction } = message;
  const { step, stage } = protocol[kind];
  const round = direction === 'down' ? message.version : message.answers.version + 1;
  const { order = 1 } = orderIn(message) ?? {};
  return { kind, step, stage, round, ...(order > 1 && { repeat: order }) };
}

function orderIn(message: Message): WorkOrder | null {
  if (message.direction === 'up') return message.answers;
  return isRequest(message) ? message.about : message.order;
}

/**
 * Where a message stands among those that go its way; what brings no order comes before the orders.
 */
export function placeOf(message: Message): WorkOrder {
  if (message.direction === 'up') return message.answers;
  const { kind, version } = message;
  const { order = 0 } = isRequest(message) ? {} : (message.order ?? {});
  return { stage: protocol[kind].stage, version, order };
}

/** Negative where `a` was given before `b`, 0 where they are one order. */
export function compareOrders(a: WorkOrder, b: WorkOrder): number {
  return stages.indexOf(a.stage) - stages.indexOf(b.stage) || a.version - b.version || a.order - b.order;
}

/**
 * What keys the draws of an order's work within its stage (decision D3): the round, and from the second order
 * on that version on which of them it is. So no draw depends on how many orders there were before.
 */
export function keyOf({ version, order }: Pick<WorkOrder, 'version' | 'order'>): readonly number[] {
  return order > 1 ? [version + 1, order] : [version + 1];
}

/** An order in words, for example "alignment 3 1". */
export function textOf({ stage, version, order }: WorkOrder): string {
  return `${stage} ${version} ${order}`;
}

/** What tells an update from all others of its client. */
export function updateName({ kind, answers }: Pick<Upload, 'kind' | 'answers'>): string {
  return `${kind} of ${textOf(answers)}`;
}
