import { type Upload } from '../../../machines/events.js';
import type { Stage, UploadKind } from '../../../machines/protocol.js';
import type { ParamKind } from '../../../src/learning/params/param-set.js';
import type { AggregatedUpdate } from '../../../src/records/invariants/checker.js';
import type { RunEvent } from '../../../src/records/run-event.js';
import {
  ref,
  orderOf,
  download,
  upload,
  rewardUpload,
  updateOf,
  attemptOf,
  messageRecords,
  copyRecords,
  step,
  roundClosed,
  soundRound,
  check,
  refused,
  withEvent,
  isArrivalOf,
  withoutEvent,
} from './sound-round.js';

// Bus events of the sound round: 0 sent 1, 1 and 2 attempts, 3 delivered, 4 settled 1; 5 sent 2, 6 attempt,
// 7 delivered, 8 settled 2.
describe('the invariant checkers', () => {
  it('have nothing to say about a sound round, nor about messages still in flight at its end', () => {
    check(soundRound());
    check([...soundRound(), messageRecords(3, 'server', 'client-1', download('instruction', 1), 11)[0]!]);
  });

  describe('of conservation', () => {
    it('refuse a message that arrives twice, or that nobody sent', () => {
      const [arrival] = messageRecords(2, 'client-1', 'server', upload('instruction', 1), 10).slice(-2);
      refused([...soundRound(), arrival!], /^conservation: message 2 was delivered twice/);
      refused(withoutEvent(5), /^conservation: message 2 was attempted but never sent/);
    });

    it('refuse a number that is used twice', () => {
      const again = messageRecords(2, 'client-1', 'server', upload('instruction', 2, 'adapters'), 12);
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
      const [, , arrival] = messageRecords(2, 'client-1', 'server', upload('instruction', 1), 10);
      const early = dropped.filter(
        (record) => record.type === 'row' || (record.type === 'bus' && !isArrivalOf(record.event, 2)),
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
      const grown = copy.map((record): RunEvent =>
        record.type === 'bus' ? { type: 'bus', event: { ...record.event, bits: 33 } } : record,
      );
      refused(
        [...soundRound(), ...grown],
        /^conservation: message 3 is a copy of message 1, which has not its/,
      );
    });
  });

  describe('of causality', () => {
    it('refuse time that runs back', () => {
      const early = step('client-1', '1.3', 10.5);
      refused(
        [...soundRound(), early],
        /^causality: client-1 recorded a step .* at 10.5 s, when it was 11 s/,
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
        ...messageRecords(5, 'server', 'client-1', download('instruction', 0), 0),
        ...messageRecords(4, 'server', 'client-1', download('instruction', 0), 2),
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
      const three = messageRecords(1, 'server', 'client-1', download('instruction', 0), 0, 3);
      refused(three, /^cost: message 1 was on the air 3 times of 2/);
    });
  });

  describe('of at-most-once aggregation', () => {
    const again: RunEvent = {
      type: 'aggregate',
      updates: [updateOf(1)],
    };

    it('refuse an update that enters two aggregates', () => {
      refused([...soundRound(), again], /^at-most-once aggregation: client-1's update of .* twice/);
    });

    it('refuse a reward model whose fellow alone was delivered', () => {
      const entered = (kind: UploadKind): RunEvent => ({
        type: 'aggregate',
        updates: [
          {
            from: 'client-1',
            kind,
            answers: orderOf('reward', 1),
            rows: 8,
            staleness: 0,
            params: { helpful: 'reward' },
          },
        ],
      });
      const sent = messageRecords(1, 'client-1', 'server', rewardUpload('helpful-update'), 0);
      const atMostOnce = /^at-most-once aggregation: client-1's harmless-update of .* not delivered/;
      refused([...sent, entered('harmless-update')], atMostOnce);
    });

    it('refuse an update that was never delivered', () => {
      refused([again], /^at-most-once aggregation: client-1's update of .* not delivered/);
    });
  });

  describe('of versions', () => {
    it('refuse a client that works on an older version than before, but not one that works on it again', () => {
      const worked = (...rounds: number[]) => [
        step('client-1', '1.2', 0),
        ...rounds.map((round, at) => step('client-1', '1.3', at, round)),
      ];
      check(worked(1, 3, 3));
      refused(
        worked(1, 3, 2),
        /^versions: client-1 works on version 1 of instruction, and had version 2 before/,
      );
    });

    it('refuse an update that counts as of another age than it has, twice, or with no weight', () => {
      const until = soundRound().findIndex(({ type }) => type === 'aggregate');
      const entered = (...updates: Partial<AggregatedUpdate>[]): RunEvent[] => [
        ...soundRound().slice(0, until),
        { type: 'aggregate', updates: updates.map((update) => ({ ...updateOf(1), ...update })) },
      ];
      refused(
        entered({ staleness: 1 }),
        /^versions: client-1's update of .* counts as 1 versions old in version 1/,
      );
      refused(entered({ rows: NaN }), /^versions: client-1's update of .* has the weight of NaN rows/);
      refused(entered({}, {}), /^at-most-once aggregation: client-1's update of .* twice/);
    });
  });

  describe('of orders', () => {
    it('refuse an answer to an order that was never given to the client', () => {
      const unasked = messageRecords(3, 'client-1', 'server', upload('instruction', 3, 'adapters'), 12);
      refused(
        [...soundRound(), ...unasked],
        /^orders: client-1 sent the update of instruction 2 1, .* asked/,
      );
      const again = {
        ...upload('instruction', 1, 'adapters'),
        answers: { ...orderOf('instruction', 1), order: 2 },
      };
      refused(
        [...soundRound(), ...messageRecords(3, 'client-1', 'server', again, 12)],
        /^orders: client-1 sent the update of instruction 0 2/,
      );
    });

    it('refuse an answer that was made from another global model than its order came with', () => {
      const sound = upload('instruction', 1, 'adapters');
      const other = { ...sound, startedFrom: { ...sound.startedFrom, adapters: ref('adapters') } };
      const asked = messageRecords(1, 'server', 'client-1', download('instruction', 0), 0);
      refused(
        [...asked, ...messageRecords(2, 'client-1', 'server', other, 3)],
        /^orders: client-1 sent the update of instruction 0 1, made from another global model than its/,
      );
    });

    it('refuse a round with more fresh updates than its cohort', () => {
      const ofNobody = soundRound().map((record): RunEvent =>
        record.type === 'row' && record.row.type === 'round'
          ? { type: 'row', row: { ...record.row, cohort: 0 } }
          : record,
      );
      refused(ofNobody, /^orders: instruction round 1 has updates of 1 clients from a cohort of 0/);
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
      const older = messageRecords(3, 'client-1', 'server', upload('instruction', 1, 'adapters'), 12);
      refused(
        [...soundRound(), ...older],
        /^round order: client-1 to server: update of instruction version 0 was sent twice/,
      );
      const back = [
        ...messageRecords(1, 'server', 'client-1', download('reward', 0), 0),
        ...messageRecords(2, 'server', 'client-1', download('instruction', 4), 2),
      ];
      refused(
        back,
        /^round order: server to client-1: global of instruction version 4 was sent after reward/,
      );
    });

    it('refuse a message that goes twice, and let the two reward models of a round go one by one', () => {
      const sends = (id: number, kind: UploadKind) =>
        messageRecords(id, 'client-1', 'server', rewardUpload(kind), 2 * id);
      check([...sends(1, 'helpful-update'), ...sends(2, 'harmless-update')]);
      refused(
        [...sends(1, 'helpful-update'), ...sends(2, 'harmless-update'), ...sends(3, 'helpful-update')],
        /^round order: client-1 to server: helpful-update of reward version 0 was sent twice/,
      );
    });

    it('refuse an aggregate of a round to come or of another stage', () => {
      const early = [
        ...messageRecords(1, 'client-1', 'server', upload('instruction', 2, 'adapters'), 0),
        {
          type: 'aggregate',
          updates: [updateOf(2)],
        } as RunEvent,
      ];
      refused(early, /^round order: client-1's update of instruction round 2 .* in instruction round 1/);
    });
  });

  describe('of partial aggregation', () => {
    const sends = (stage: Stage, ...kinds: ParamKind[]) =>
      messageRecords(1, 'client-1', 'server', upload(stage, 1, ...kinds), 0);

    const asAdapters = (kind: ParamKind): Upload => ({
      ...upload('alignment', 1),
      params: { adapters: ref(kind) },
    });

    it('refuse private parameters in an upload, under whatever name', () => {
      refused(
        sends('instruction', 'adapters', 'lora'),
        /^partial aggregation: message 1 .* lora .* pwff shares adapters/,
      );
      refused(sends('alignment', 'lora'), /^partial aggregation/);
      refused(sends('instruction', 'adapters'), /fedlora shares lora there/, 'fedlora');
      refused(sends('instruction', 'adapters'), /local-only shares nothing there/, 'local-only');
      refused(sends('reward', 'adapters'), /shares helpful there/);
      refused(
        messageRecords(1, 'client-1', 'server', asAdapters('critic'), 0),
        /critic parameters as adapters/,
      );
    });

    it('refuse a download of what the method keeps with clients, or does not have', () => {
      const sent = (kind: ParamKind) =>
        messageRecords(1, 'server', 'client-1', { ...download('instruction', 0), params: [ref(kind)] }, 0);
      refused(
        sent('lora'),
        /^partial aggregation: message 1 of server, a global, carries lora parameters in /,
      );
      refused(sent('lora'), /local-only shares nothing there/, 'local-only');
      refused(sent('adapters'), /carries adapters parameters .* fedlora shares lora there/, 'fedlora');
      refused(sent('critic'), /carries critic parameters/, 'vanilla-fl');
      // Step 1.1 sends adapters even where they then stay with their clients.
      check(sent('adapters'), 'local-only');
      check(sent('lora'), 'shepherd');
      check(sent('base'));
    });

    it('refuse a reward model in the update of the other, and two in one', () => {
      const helpful = rewardUpload('helpful-update');
      const other = { ...helpful, params: { harmless: ref('reward') } };
      const both = { ...helpful, params: { helpful: ref('reward'), harmless: ref('reward') } };
      for (const message of [other, both]) {
        refused(
          messageRecords(1, 'client-1', 'server', message, 0),
          /^partial aggregation: message 1 of client-1, a helpful-update, carries .* as harmless .* shares helpful /,
        );
      }
      check(messageRecords(1, 'client-1', 'server', { ...helpful, params: { helpful: ref('reward') } }, 0));
    });

    it('refuse a message for a reward model that the method lacks, up or down', () => {
      const harmless = { ...rewardUpload('harmless-update'), params: { harmless: ref('reward') } };
      refused(
        messageRecords(1, 'client-1', 'server', harmless, 0),
        /^partial aggregation: message 1 of client-1, a harmless-update, is for .* sfl lacks; it has helpful \(seed 1; at /,
        'sfl',
      );
      check(messageRecords(1, 'client-1', 'server', harmless, 0));
      for (const kind of ['harmless-model', 'harmless-global'] as const) {
        const down = { ...download('reward', 0), kind, params: [ref('reward')] };
        refused(
          messageRecords(1, 'server', 'client-1', down, 0),
          /shepherd lacks; it has helpful/,
          'shepherd',
        );
      }
      check(
        messageRecords(1, 'server', 'client-1', { ...download('reward', 0), params: [ref('reward')] }, 0),
        'sfl',
      );
    });

    it('let through what the method shares, and reward models in stage 2', () => {
      check(sends('instruction', 'adapters', 'lora'), 'pfl');
      check(sends('reward', 'reward'), 'local-only');
      check(sends('alignment', 'lora'), 'shepherd');
    });
  });

  describe('of who is on', () => {
    const turn = (on: boolean, virtualSeconds: number, cause = 'markov'): RunEvent => ({
      type: 'row',
      row: { type: 'presence', actor: 'client-1', virtualSeconds, on, cause },
    });
    // Two attempts: from 0 s to 1 s, lost, and from 1.5 s to 2.5 s.
    const sent = messageRecords(1, 'server', 'client-1', download('instruction', 0), 0, 2).map(
      (record, i) => {
        if (record.type !== 'bus' || record.event.phase !== 'attempt') return record;
        const attempt = { ...record.event.attempt, atSeconds: i === 1 ? 0 : 1.5 };
        return { ...record, event: { ...record.event, attempt } };
      },
    );
    const during = (seconds: number, ...rows: RunEvent[]) => {
      const isLater = (record: RunEvent) => record.type === 'bus' && record.event.atSeconds > seconds;
      return [
        ...sent.filter((record) => !isLater(record)),
        ...rows,
        ...sent.filter((record) => isLater(record)),
      ];
    };

    it('refuse an attempt that begins, or arrives, though an end of its link is off', () => {
      check(during(1.2, turn(false, 1.2), turn(true, 1.4)));
      refused(
        during(1.2, turn(false, 1.2)),
        /^who is on: message 1 was on the air from 1.5 s to 2.5 s, although client-1 was off from 1.2 s on/,
      );
      refused(
        during(2, turn(false, 2), turn(true, 2.1)),
        /2.5 s and arrived, although client-1 was off from 2 s/,
      );
    });

    it('refuse a step of a client that is off', () => {
      refused([turn(false, 1), step('client-1', '1.2', 2)], /^who is on: client-1 entered Step 1.2 at 2 s/);
      check([turn(false, 1), turn(true, 2), step('client-1', '1.2', 2)]);
    });

    it('refuse a task that begins on a device that is off', () => {
      const event = {
        actor: 'client-1',
        stage: 'instruction',
        round: 1,
        number: 1,
        key: 'k',
        virtualSeconds: 2,
        seconds: 1,
        joules: 0,
      } as const;
      const task: RunEvent = { type: 'task-started', task: 'instruct', ...event };
      refused([turn(false, 1), task], /^who is on: client-1 began to instruct at 2 s, although it is off/);
    });

    it('let a client that has crashed begin with any step again', () => {
      const before = ['1.2', '1.3', '2.2', '2.3'].map((name, i) => step('client-1', name, i));
      refused([...before, step('client-1', '1.2', 5)], /^phase order/);
      check([...before, turn(false, 4, 'crash'), turn(true, 5, 'crash'), step('client-1', '1.2', 5)]);
    });
  });

  describe('of phase order', () => {
    const steps = (actor: string, ...names: string[]) => names.map((name, i) => step(actor, name, i));

    it('let the server and a client go through all steps, a client also with a stage missed', () => {
      check(
        steps('server', '1.1', '1.4', '1.5', '1.4', '1.5', '2.1', '2.4', '2.5', '3.4', '3.5', '3.4', '3.5'),
      );
      check(steps('client-1', '1.2', '1.3', '1.3', '2.2', '2.3', '2.3', '3.1', '3.2', '3.3', '3.2', '3.3'));
      check(steps('client-1', '1.2', '2.2', '2.3', '3.1', '3.2', '3.3'));
    });

    it('refuse a step out of order, skipped or of the other side', () => {
      refused(
        steps('client-1', '1.3'),
        /^phase order: client-1 entered Step 1.3 at 0 s after nothing; expected 1.2/,
      );
      refused(steps('client-1', '1.2', '1.3', '2.3'), /after Step 1.3; expected 1.3 or 2.2 or 3.1/);
      refused(steps('server', '1.1', '1.5'), /^phase order: server entered Step 1.5/);
      refused(steps('server', '1.1', '1.4', '1.5', '2.1', '2.4', '2.5', '1.4'), /Step 1.4 .* after Step 2.5/);
      refused(steps('client-1', '1.1'), /^phase order/);
    });
  });
});
