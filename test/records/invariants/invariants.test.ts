import assert from 'node:assert/strict';
import type { Download, GlobalModel, Message, Stage, Upload } from '../../../machines/events.js';
import { untouched, type BusEvent, type LinkAccount } from '../../../src/simulation/bus/bus.js';
import type { Attempt } from '../../../src/radio/channel/attempts.js';
import {
  createCheckers,
  InvariantViolation,
  type AggregatedUpdate,
} from '../../../src/records/invariants/index.js';
import { methods } from '../../../src/strategies/methods/index.js';
import { paramSet, type ParamKind, type ParamRef } from '../../../src/learning/params/param-set.js';
import type { MetricRow } from '../../../src/records/rows.js';
import type { MethodName } from '../../../src/strategies/settings.js';
import { channelWith } from '../../radio/channel/a-link.js';

const channel = channelWith({
  lossProbability: 0.1,
  maxTransmissions: 2,
  feedbackSeconds: 0.5,
  uplink: { powerWatts: 2 },
  downlink: { powerWatts: 10 },
});

const ref = (kind: ParamKind): ParamRef => ({ hash: kind, kind, tensors: ['w'], parameters: 1, bytes: 4 });
const global: GlobalModel = { base: ref('base'), adapters: null, lora: null, helpful: null, harmless: null };
const download = (stage: Stage, round: number): Download => ({
  kind: 'global',
  step: '1.4',
  stage,
  round,
  verdict: 'continue',
  global,
  params: [ref('adapters')],
});
const upload = (stage: Stage, round: number, ...kinds: ParamKind[]): Upload => ({
  kind: 'update',
  step: '1.3',
  stage,
  round,
  shared: {},
  params: kinds.map(ref),
  rows: 8,
  loss: 1,
});

/** An update of Step 2.3 with one reward model, as a client sends it. */
const rewardUpload = (kind: Upload['kind']): Upload => ({
  ...upload('reward', 1, 'reward'),
  kind,
  step: '2.3',
});

type Recorded =
  | { on: 'bus'; event: BusEvent }
  | { on: 'metric'; row: MetricRow }
  | { on: 'aggregate'; updates: readonly AggregatedUpdate[] };

/** An attempt of one second on the air, and half a second until its loss is known. */
const attemptOf = (watts: number, isLast: boolean): Attempt => ({
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
  blocks: 20,
  samples: [],
});

/** The life of a message that arrives at its `attempts`-th attempt of one second each. */
function messageRecords(
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
  return events.map((event): Recorded => ({ on: 'bus', event }));
}

/** A copy of message `of` that arrives half a second after it was made. */
function copyRecords(id: number, of: number, message: Message, atSeconds: number): Recorded[] {
  const envelope = { id, from: 'server', to: 'client-0', group: ['client-0'], message };
  const account = { ...untouched, bits: 32 };
  const events: BusEvent[] = [
    { phase: 'duplicated', copyOf: of, envelope, atSeconds, ...account },
    { phase: 'delivered', envelope, atSeconds: atSeconds + 0.5, ...account },
  ];
  return events.map((event): Recorded => ({ on: 'bus', event }));
}

const step = (actor: string, name: string, virtualSeconds: number): Recorded => ({
  on: 'metric',
  row: { type: 'step', step: name, actor, round: 1, virtualSeconds },
});
const roundClosed = (stage: Stage, round: number, virtualSeconds: number): Recorded => ({
  on: 'metric',
  row: {
    type: 'round',
    stage,
    round,
    virtualSeconds,
    seconds: 1,
    delaySeconds: 1,
    energyJoules: 1,
    loss: 1,
    cohort: 1,
    updates: 1,
    late: 0,
    verdict: 'continue',
  },
});

/** One sound round: a download that took two attempts, an update, its aggregate. */
const soundRound = (): Recorded[] => [
  step('server', '1.1', 0),
  ...messageRecords(1, 'server', 'client-0', download('instruction', 0), 0, 2),
  step('client-0', '1.2', 3),
  step('client-0', '1.3', 3),
  ...messageRecords(2, 'client-0', 'server', upload('instruction', 1, 'adapters'), 10),
  step('server', '1.4', 11),
  { on: 'aggregate', updates: [{ from: 'client-0', kind: 'update', stage: 'instruction', round: 1 }] },
  step('server', '1.5', 11),
  roundClosed('instruction', 1, 11),
];

function check(records: readonly Recorded[], method: MethodName = 'pwff'): void {
  const checkers = createCheckers({ channel }, methods[method]);
  for (const record of records) {
    if (record.on === 'bus') checkers.onBus(record.event);
    if (record.on === 'metric') checkers.onMetric(record.row);
    if (record.on === 'aggregate') checkers.onAggregate(record.updates);
  }
  checkers.finish();
}

/** Asserts that the records are refused, with a message that says what and where. */
function refused(records: readonly Recorded[], message: RegExp, method: MethodName = 'pwff'): void {
  assert.throws(
    () => check(records, method),
    (error) => error instanceof InvariantViolation && message.test(error.message),
    `expected ${message}`,
  );
}

/** The sound round with the n-th bus event changed. */
function withEvent(index: number, change: Partial<BusEvent>): Recorded[] {
  let seen = 0;
  return soundRound().map((record) =>
    record.on === 'bus' && seen++ === index
      ? { on: 'bus', event: { ...record.event, ...change } as BusEvent }
      : record,
  );
}

const isArrivalOf = ({ phase, envelope: { id } }: BusEvent, of: number) => phase === 'delivered' && id === of;

/** The sound round without its n-th bus event. */
function withoutEvent(index: number): Recorded[] {
  let seen = 0;
  return soundRound().filter((record) => record.on !== 'bus' || seen++ !== index);
}

// Bus events of the sound round: 0 sent 1, 1 and 2 attempts, 3 delivered, 4 settled 1; 5 sent 2, 6 attempt,
// 7 delivered, 8 settled 2.
describe('the invariant checkers', () => {
  it('have nothing to say about a sound round, nor about messages still in flight at its end', () => {
    check(soundRound());
    check([...soundRound(), messageRecords(3, 'server', 'client-0', download('instruction', 1), 11)[0]!]);
  });

  describe('of conservation', () => {
    it('refuse a message that arrives twice, or that nobody sent', () => {
      const [arrival] = messageRecords(2, 'client-0', 'server', upload('instruction', 1), 10).slice(-2);
      refused([...soundRound(), arrival!], /^conservation: message 2 was delivered twice/);
      refused(withoutEvent(5), /^conservation: message 2 was attempted but never sent/);
    });

    it('refuse a number that is used twice', () => {
      const again = messageRecords(2, 'client-0', 'server', upload('instruction', 2, 'adapters'), 12);
      refused([...soundRound(), ...again], /^conservation: message 2 was sent twice/);
    });

    it('refuse bits that change on the way', () => {
      refused(
        withEvent(7, { bits: 31 }),
        /^conservation: message 2 was sent with 32 bits and delivered with 31/,
      );
    });

    it('refuse a message that is dropped and delivered, in either order', () => {
      const dropped = withEvent(8, { outcome: 'dropped' });
      refused(dropped, /^conservation: message 2 was dropped after it was delivered/);
      const [, , arrival] = messageRecords(2, 'client-0', 'server', upload('instruction', 1), 10);
      const early = dropped.filter(
        (record) => record.on === 'metric' || (record.on === 'bus' && !isArrivalOf(record.event, 2)),
      );
      refused([...early, arrival!], /^conservation: message 2 was delivered after it was dropped/);
    });

    it('let a copy of a message arrive, and refuse one of another size or of no message', () => {
      const copied = download('instruction', 0);
      const copy = copyRecords(3, 1, copied, 11);
      check([...soundRound(), ...copy]);
      check([...soundRound(), copy[0]!]);
      refused(
        [...soundRound(), ...copyRecords(3, 4, copied, 11)],
        /^conservation: message 3 is a copy of message 4/,
      );
      const grown = copy.map((record): Recorded =>
        record.on === 'bus' ? { on: 'bus', event: { ...record.event, bits: 33 } } : record,
      );
      refused(
        [...soundRound(), ...grown],
        /^conservation: message 3 is a copy of message 1, which has not its/,
      );
    });
  });

  describe('of causality', () => {
    it('refuse time that runs back', () => {
      const early = step('client-0', '1.3', 10.5);
      refused(
        [...soundRound(), early],
        /^causality: client-0 recorded a step .* at 10.5 s, when it was 11 s/,
      );
      refused(withEvent(5, { atSeconds: 2 }), /^causality: message 2 was sent at 2 s/);
      refused(withEvent(5, { atSeconds: NaN }), /^causality/);
    });

    it('refuse an arrival before all attempts can have been on the air', () => {
      const records = withEvent(5, { atSeconds: 10.5 });
      refused(records, /^causality: message 2 was attempted at 11 s, although sent at 10.5 s/);
    });

    it('refuse messages that are not sent in the order of their numbers', () => {
      const swapped = [
        ...messageRecords(5, 'server', 'client-0', download('instruction', 0), 0),
        ...messageRecords(4, 'server', 'client-0', download('instruction', 0), 2),
      ];
      refused(swapped, /^causality: message 4 was sent after message 5/);
    });
  });

  describe('of cost', () => {
    it('refuse more energy than power times time on the air, at constant power', () => {
      const attempt = { ...attemptOf(3, true) };
      const spent = { transmitJoules: 3, energyJoules: 3 };
      refused(withEvent(6, { attempt, ...spent }), /^cost: message 2 spent 3 J in 1 s at 2 W/);
    });

    it('refuse energy that is not the sum of its three parts', () => {
      refused(
        withEvent(7, { energyJoules: 3 }),
        /^cost: message 2 \(delivered\) accounts energyJoules 3; its attempts make 2/,
      );
      refused(withEvent(7, { receiveJoules: 1 }), /^cost: message 2 \(delivered\) accounts energyJoules 2/);
    });

    it('refuse an account that its attempts do not add up to', () => {
      refused(withEvent(4, { attempts: 1 }), /^cost: message 1 \(settled\) accounts attempts 1; .* make 2/);
      refused(withEvent(4, { onAirSeconds: 1.9 }), /^cost: message 1 \(settled\) accounts onAirSeconds 1.9/);
      refused(withEvent(2, { airBits: 65 }), /^cost: message 1 \(attempt\) accounts airBits 65; .* make 64/);
    });

    it('refuse more attempts than the scenario allows', () => {
      const three = messageRecords(1, 'server', 'client-0', download('instruction', 0), 0, 3);
      refused(three, /^cost: message 1 was on the air 3 times of 2/);
    });
  });

  describe('of at-most-once aggregation', () => {
    const again: Recorded = {
      on: 'aggregate',
      updates: [{ from: 'client-0', kind: 'update', stage: 'instruction', round: 1 }],
    };

    it('refuse an update that enters two aggregates', () => {
      refused([...soundRound(), again], /^at-most-once aggregation: the update of client-0 .* twice/);
    });

    it('refuse a reward model whose fellow alone was delivered', () => {
      const entered = (kind: Upload['kind']): Recorded => ({
        on: 'aggregate',
        updates: [{ from: 'client-0', kind, stage: 'reward', round: 1 }],
      });
      const sent = messageRecords(1, 'client-0', 'server', rewardUpload('helpful-update'), 0);
      const atMostOnce = /^at-most-once aggregation: the harmless-update of client-0 .* not delivered/;
      refused([...sent, entered('harmless-update')], atMostOnce);
    });

    it('refuse an update that was never delivered', () => {
      refused([again], /^at-most-once aggregation: the update of client-0 .* not delivered/);
    });
  });

  describe('of round order', () => {
    it('refuse a round that is closed out of turn', () => {
      refused(
        [...soundRound(), roundClosed('instruction', 3, 12)],
        /^round order: the server closed instruction round 3, when instruction round 2 was open/,
      );
      refused(
        [...soundRound(), roundClosed('reward', 1, 12)],
        /^round order: .* instruction round 2 was open/,
      );
    });

    it('refuse a message that goes back to an older round', () => {
      const older = messageRecords(3, 'client-0', 'server', upload('instruction', 1, 'adapters'), 12);
      refused([...soundRound(), ...older], /^round order: client-0 to server: update of instruction round 1/);
      const back = [
        ...messageRecords(1, 'server', 'client-0', download('reward', 0), 0),
        ...messageRecords(2, 'server', 'client-0', download('instruction', 4), 2),
      ];
      refused(back, /^round order: server to client-0: global of instruction round 4 was sent after reward/);
    });

    it('refuse a message that goes twice, and let the two reward models of a round go one by one', () => {
      const sends = (id: number, kind: Upload['kind']) =>
        messageRecords(id, 'client-0', 'server', { ...rewardUpload(kind), params: [] }, 2 * id);
      check([...sends(1, 'helpful-update'), ...sends(2, 'harmless-update')]);
      refused(
        [...sends(1, 'helpful-update'), ...sends(2, 'harmless-update'), ...sends(3, 'helpful-update')],
        /^round order: client-0 to server: helpful-update of reward round 1 was sent twice/,
      );
    });

    it('refuse an aggregate of a round to come or of another stage', () => {
      const early = [
        ...messageRecords(1, 'client-0', 'server', upload('instruction', 2, 'adapters'), 0),
        {
          on: 'aggregate',
          updates: [{ from: 'client-0', kind: 'update', stage: 'instruction', round: 2 }],
        } as Recorded,
      ];
      refused(early, /^round order: client-0's update of instruction round 2 .* in instruction round 1/);
    });
  });

  describe('of partial aggregation', () => {
    const sends = (stage: Stage, ...kinds: ParamKind[]) =>
      messageRecords(1, 'client-0', 'server', upload(stage, 1, ...kinds), 0);

    it('refuse private parameters in an upload', () => {
      refused(
        sends('instruction', 'adapters', 'lora'),
        /^partial aggregation: message 1 .* lora .* pwff shares adapters/,
      );
      refused(sends('alignment', 'lora'), /^partial aggregation/);
      refused(sends('instruction', 'adapters'), /fedlora shares lora there/, 'fedlora');
      refused(sends('instruction', 'adapters'), /local-only shares nothing there/, 'local-only');
      refused(sends('reward', 'adapters'), /shares reward there/);
      refused(sends('alignment', 'critic'), /critic parameters/);
    });

    it('refuse private parameters that are only named in an upload', () => {
      const naming = { ...upload('instruction', 1), shared: { lora: ref('lora') } };
      refused(messageRecords(1, 'client-0', 'server', naming, 0), /^partial aggregation: .* lora/);
    });

    it('refuse a reward model in the update of the other, and two in one', () => {
      const helpful = rewardUpload('helpful-update');
      const other = { ...helpful, shared: { harmless: ref('reward') } };
      const both = { ...helpful, params: [ref('reward'), ref('reward')] };
      for (const message of [other, both]) {
        refused(
          messageRecords(1, 'client-0', 'server', message, 0),
          /^partial aggregation: message 1 of client-0, a helpful-update, carries more than the helpful /,
        );
      }
      check(messageRecords(1, 'client-0', 'server', { ...helpful, shared: { helpful: ref('reward') } }, 0));
    });

    it('let through what the method shares, and reward models in stage 2', () => {
      check(sends('instruction', 'adapters', 'lora'), 'pfl');
      check(sends('reward', 'reward', 'reward'), 'local-only');
      check(sends('alignment', 'lora'), 'shepherd');
    });
  });

  describe('of phase order', () => {
    const steps = (actor: string, ...names: string[]) => names.map((name, i) => step(actor, name, i));

    it('let the server and a client go through all steps, a client also with a stage missed', () => {
      check(
        steps('server', '1.1', '1.4', '1.5', '1.4', '1.5', '2.1', '2.4', '2.5', '3.4', '3.5', '3.4', '3.5'),
      );
      check(steps('client-0', '1.2', '1.3', '1.3', '2.2', '2.3', '2.3', '3.1', '3.2', '3.3', '3.2', '3.3'));
      check(steps('client-0', '1.2', '2.2', '2.3', '3.1', '3.2', '3.3'));
    });

    it('refuse a step out of order, skipped or of the other side', () => {
      refused(
        steps('client-0', '1.3'),
        /^phase order: client-0 entered Step 1.3 at 0 s after nothing; expected 1.2/,
      );
      refused(steps('client-0', '1.2', '1.3', '2.3'), /after Step 1.3; expected 1.3 or 2.2 or 3.1/);
      refused(steps('server', '1.1', '1.5'), /^phase order: server entered Step 1.5/);
      refused(steps('server', '1.1', '1.4', '1.5', '2.1', '2.4', '2.5', '1.4'), /Step 1.4 .* after Step 2.5/);
      refused(steps('client-0', '1.1'), /^phase order/);
    });
  });

  describe('of finite tensors', () => {
    const checkers = () => createCheckers({ channel }, methods.pwff);
    const set = (...values: number[]) =>
      paramSet('lora', [
        { name: 'h.0.q.A', shape: [2], values: [1, 2] },
        { name: 'h.0.q.B', shape: [2], values },
      ]);

    it('refuse NaN and infinity, and name the tensor', () => {
      const where = /^InvariantViolation: finite tensors: lora tensor h.0.q.B is NaN at index 1/;
      assert.throws(() => checkers().onParams(set(0, NaN)), where);
      assert.throws(() => checkers().onParams(set(-Infinity, 0)), /is -Infinity at index 0/);
    });

    it('let any finite number through', () => {
      checkers().onParams(set(0, -3.4e38));
    });
  });
});
