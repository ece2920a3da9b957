import assert from 'node:assert/strict';
import {
  compareOrders,
  type Download,
  type Message,
  type Model,
  type Upload,
  type WorkOrder,
} from '../../../machines/events.js';
import { stages, type DownloadKind, type Stage, type UploadKind } from '../../../machines/protocol.js';
import { untouched, type BusEvent, type LinkAccount } from '../../../src/simulation/bus/bus.js';
import type { Attempt } from '../../../src/radio/channel/attempts.js';
import { createCheckers, InvariantViolation } from '../../../src/records/invariants/index.js';
import { disciplines } from '../../../src/strategies/disciplines/index.js';
import { methods } from '../../../src/strategies/methods/index.js';
import { type ParamKind, type ParamRef } from '../../../src/learning/params/param-set.js';
import type { AggregatedUpdate } from '../../../src/records/invariants/checker.js';
import type { RunEvent } from '../../../src/records/run-event.js';
import type { MethodName } from '../../../src/strategies/methods/index.js';
import type { Method } from '../../../src/strategies/methods/method.js';
import { channelWith } from '../../radio/channel/a-link.js';
import { noEnergy } from '../../../src/records/energy/energy.js';

const server = { quorum: 1, maxStaleness: null, late: 'discard' } as const;
const ten = { maxRounds: 10 };
const tenRounds = { instruction: ten, reward: ten, alignment: ten };

export const channel = channelWith({
  lossProbability: 0.1,
  maxTransmissions: 2,
  feedbackSeconds: 0.5,
  uplink: { powerWatts: 2 },
  downlink: { powerWatts: 10 },
});

/** Names of tensors of sets whose tensors have roles: two of each. */
const named: Partial<Readonly<Record<ParamKind, readonly string[]>>> = {
  adapters: ['h.0.adapter.mlp.down.weight', 'h.0.adapter.mlp.up.weight'],
  lora: ['h.0.attn.q.lora_A', 'h.0.attn.q.lora_B'],
};

export const ref = (kind: ParamKind, tensors = named[kind] ?? ['w']): ParamRef => ({
  hash: kind,
  kind,
  tensors,
  parameters: 1,
  bytes: 4,
});
const global: Model = { base: ref('base'), adapters: null, lora: null, helpful: null, harmless: null };
const downloadKinds = {
  instruction: 'global',
  reward: 'helpful-global',
  alignment: 'alignment-global',
} as const satisfies Record<Stage, DownloadKind>;
const uploadKinds = {
  instruction: 'update',
  reward: 'helpful-update',
  alignment: 'alignment-update',
} as const satisfies Record<Stage, UploadKind>;

export const orderOf = (stage: Stage, round: number): WorkOrder => ({ stage, version: round - 1, order: 1 });

/** The download that closes a round, with the order to work on the next. */
export const download = (stage: Stage, round: number): Download => ({
  direction: 'down',
  kind: downloadKinds[stage],
  version: round,
  verdict: 'continue',
  order: orderOf(stage, round + 1),
  interrupts: false,
  global,
  params: [ref('adapters')],
});
export const upload = (stage: Stage, round: number, ...kinds: ParamKind[]): Upload => ({
  direction: 'up',
  kind: uploadKinds[stage],
  answers: orderOf(stage, round),
  startedFrom: global,
  params: Object.fromEntries(kinds.map((kind) => [kind === 'reward' ? 'helpful' : kind, ref(kind)])),
  rows: 8,
  loss: 1,
});

/** An update of Step 2.3 without its reward model. */
export const rewardUpload = (kind: UploadKind): Upload => ({ ...upload('reward', 1), kind });
export const updateOf = (round: number): AggregatedUpdate => ({
  from: 'client-1',
  kind: 'update',
  answers: orderOf('instruction', round),
  rows: 8,
  staleness: 0,
  params: { adapters: 'adapters' },
});

/** An attempt of one second on the air, and half a second until its loss is known. */
export const attemptOf = (watts: number, isLast: boolean): Attempt => ({
  atSeconds: 0,
  seconds: 1,
  onAirSeconds: 1,
  airBits: 32,
  packets: 1,
  lostPackets: isLast ? 0 : 1,
  lost: isLast ? null : 'loss',
  arrives: isLast,
  acknowledged: isLast,
  waitSeconds: isLast ? 0 : 0.5,
  transmitJoules: watts,
  receiveJoules: 0,
  idleJoules: 0,
  energyJoules: watts,
  blackoutSeconds: 0,
  blackouts: [],
  blocks: 20,
  samples: [],
});

/** The life of a message that arrives at its `attempts`-th attempt of one second each. */
export function messageRecords(
  id: number,
  from: string,
  to: string,
  message: Message,
  atSeconds: number,
  attempts = 1,
) {
  const watts = from === 'server' ? 10 : 2;
  const account = (count: number): LinkAccount => ({
    ...untouched,
    bits: 32,
    attempts: count,
    onAirSeconds: count,
    airBits: count * 32,
    transmitJoules: count * watts,
    energyJoules: count * watts,
  });
  const envelope = { id, from, to, group: [to], message };
  const events: BusEvent[] = [{ phase: 'sent', envelope, atSeconds, ...account(0) }];
  for (let count = 1; count <= attempts; count++) {
    events.push({
      phase: 'attempt',
      envelope,
      atSeconds: atSeconds + 1.5 * count - 0.5,
      attempt: attemptOf(watts, count === attempts),
      ...account(count),
    });
  }
  const end = { envelope, atSeconds: atSeconds + 1.5 * attempts - 0.5, ...account(attempts) };
  events.push(
    { phase: 'delivered', ...end },
    { phase: 'settled', outcome: 'delivered', acknowledged: true, reason: null, ...end },
  );
  return events.map((event): RunEvent => ({ type: 'bus', event }));
}

/** A copy of message `of` that arrives half a second after it was made. */
export function copyRecords(id: number, of: number, message: Message, atSeconds: number): RunEvent[] {
  const envelope = { id, from: 'server', to: 'client-1', group: ['client-1'], message };
  const account = { ...untouched, bits: 32 };
  const events: BusEvent[] = [
    { phase: 'duplicated', copyOf: of, envelope, atSeconds, ...account },
    { phase: 'delivered', envelope, atSeconds: atSeconds + 0.5, ...account },
  ];
  return events.map((event): RunEvent => ({ type: 'bus', event }));
}

export const step = (actor: string, name: string, virtualSeconds: number, round = 1): RunEvent => ({
  type: 'row',
  row: { type: 'step', step: name, actor, round, virtualSeconds },
});
export const roundClosed = (stage: Stage, round: number, virtualSeconds: number): RunEvent => ({
  type: 'row',
  row: {
    type: 'round',
    stage,
    round,
    virtualSeconds,
    seconds: 1,
    delaySeconds: 1,
    energyJoules: 0,
    loss: 1,
    cohort: 1,
    updates: 1,
    late: 0,
    verdict: 'continue',
    members: ['client-1'],
    closedBy: 'answers',
    energy: noEnergy,
  },
});

/** One sound round: a download that took two attempts, an update, its aggregate. */
export const soundRound = (): RunEvent[] => [
  step('server', '1.1', 0),
  ...messageRecords(1, 'server', 'client-1', download('instruction', 0), 0, 2),
  step('client-1', '1.2', 3),
  step('client-1', '1.3', 3),
  ...messageRecords(2, 'client-1', 'server', upload('instruction', 1, 'adapters'), 10),
  step('server', '1.4', 11),
  { type: 'aggregate', updates: [updateOf(1)] },
  step('server', '1.5', 11),
  roundClosed('instruction', 1, 11),
];

/**
 * For records without any download: one for each order that they answer, so that what they are about is all
 * that can be wrong with them.
 */
function askedFor(records: readonly RunEvent[]): readonly RunEvent[] {
  const messages = records.flatMap((record) =>
    record.type === 'bus' && record.event.phase === 'sent' ? [record.event.envelope.message] : [],
  );
  const uploads = messages.filter((message) => message.direction === 'up');
  if (uploads.length < messages.length) return [];
  return uploads
    .map(({ answers }) => answers)
    .sort(compareOrders)
    .filter((order, i, orders) => i === 0 || compareOrders(order, orders[i - 1]!) > 0)
    .map((order, i) => {
      const message = { ...download(order.stage, order.version), order, params: [] };
      return messageRecords((i + 1) / 1000, 'server', 'client-1', message, 0)[0]!;
    });
}

export function check(records: readonly RunEvent[], method: MethodName | Method = 'pwff'): void {
  const checkers = createCheckers(
    { ...{ seed: 1, channel, stages, server }, clients: { count: 10, devices: [] }, ...tenRounds },
    typeof method === 'string' ? methods[method] : method,
    disciplines.synchronous,
  );
  for (const record of [...askedFor(records), ...records]) checkers.next(record);
  checkers.complete?.();
}

/** Asserts that the records are refused, with a message that says what and where. */
export function refused(
  records: readonly RunEvent[],
  message: RegExp,
  method: MethodName | Method = 'pwff',
): void {
  assert.throws(
    () => check(records, method),
    (error) => error instanceof InvariantViolation && message.test(error.message),
    `expected ${message}`,
  );
}

/** The sound round with the n-th bus event changed. */
export function withEvent(index: number, change: Partial<BusEvent>): RunEvent[] {
  let seen = 0;
  return soundRound().map((record) =>
    record.type === 'bus' && seen++ === index
      ? { type: 'bus', event: { ...record.event, ...change } as BusEvent }
      : record,
  );
}

export const isArrivalOf = ({ phase, envelope: { id } }: BusEvent, of: number) =>
  phase === 'delivered' && id === of;

/** The sound round without its n-th bus event. */
export function withoutEvent(index: number): RunEvent[] {
  let seen = 0;
  return soundRound().filter((record) => record.type !== 'bus' || seen++ !== index);
}
