import assert from 'node:assert/strict';
import { assign, fromPromise, type AnyStateMachine } from 'xstate';
import { airMachine } from '../../machines/air.js';
import { cellMachine } from '../../machines/cell.js';
import { channelMachine } from '../../machines/channel.js';
import { clientMachine } from '../../machines/client.js';
import { stages } from '../../machines/protocol.js';
import { serverMachine } from '../../machines/server.js';
import { simulationMachine } from '../../machines/simulation.js';
import { toReach } from './coverage.js';
import { choices, chosen, holds, walk } from './paths.js';

/*
 * Machines alone, by xstate/graph: guards hold as the event says, tasks and children never end by themselves. What would
 * go round for ever in one event (a queue that never empties) happens once for each.
 */

const byStage = (guard: string) => stages.map((stage) => `${guard} ${stage}`);
const freely = (guards: readonly string[]) =>
  Object.fromEntries(guards.map((guard) => [guard, chosen(guard)])) as never;

interface Alone {
  readonly machine: AnyStateMachine;
  readonly guards: readonly string[];
  readonly about?: object;
  /** With what it begins; one walk for each. */
  readonly inputs?: readonly object[];
}

const fates = ['isAcknowledged', 'arrives', 'isInOutage', 'isScheduled', 'sendsAgain'];

const never = fromPromise(() => new Promise<never>(() => {}));
const ofARun = { clients: ['client-1'], global: {}, stage: 'instruction', rewards: [] };

const alone: readonly Alone[] = [
  {
    machine: simulationMachine.provide({ actors: { server: never as never } }),
    guards: [],
    about: { output: {}, cause: 'a task failed' },
    inputs: [ofARun],
  },
  {
    machine: serverMachine.provide({
      actions: { openRound: assign({ asked: [] }), inviteMore: assign({ asked: ['client-1'] }) },
      guards: {
        ...(freely([
          ...['beginsWith', 'isCopy', 'isRejected', 'isAdmitted', 'isDue', 'stageIsOver', 'runIsOver'],
        ]) as object),
        hasMoreToAsk: ({ context, event }) => context.asked.length === 0 && holds(event, 'hasMoreToAsk'),
      },
    }),
    guards: ['isCopy', 'isRejected', 'isAdmitted', 'isDue', 'hasMoreToAsk', 'stageIsOver', 'runIsOver'],
    about: { output: { parts: {} }, error: new Error('an aggregation failed') },
    inputs: stages.map((stage) => ({ ...ofARun, stage, holds: [`beginsWith ${stage}`] })),
  },
  {
    machine: clientMachine.provide({
      actions: { keepNewest: assign({ pending: {} as never }), takeUp: assign({ pending: null }) },
      guards: {
        ...(freely([
          ...['isInterrupted', 'hasNoLora', 'isSilent', 'opensRound'],
          ...['opensRoundUncollected', 'opensRoundUnfrozen', 'isOver'],
        ]) as object),
        hasUsableDownload: ({ context, event }) =>
          context.pending !== null && holds(event, 'hasUsableDownload'),
      },
    }),
    guards: [
      ...['isInterrupted', 'hasUsableDownload', 'hasNoLora', 'isSilent', ...byStage('opensRound')],
      ...['opensRoundUncollected', 'opensRoundUnfrozen', 'isOver'],
    ],
    about: { output: { loss: 0 }, error: new Error('a task failed') },
  },
  {
    machine: channelMachine.provide({
      actions: {
        enqueue: assign({ queue: [{} as never] }),
        dequeue: assign({ queue: [] }),
      },
      guards: {
        ...(freely(fates) as object),
        hasMessage: ({ context }) => context.queue.length > 0,
        cannotSend: ({ context, event }) => context.queue.length > 0 && holds(event, 'cannotSend'),
      },
    }),
    guards: ['cannotSend', ...fates],
    inputs: [{ link: 'client-1/uplink' }],
  },
  {
    machine: cellMachine.provide({ guards: freely(['isEmpty']) }),
    guards: ['isEmpty'],
    inputs: [{ direction: 'uplink' }],
  },
  {
    machine: airMachine.provide({
      actions: {
        admit: assign({ late: ({ event }) => (holds(event, 'someAreLate') ? ['client-1/uplink'] : []) }),
        refuseLate: assign({ late: [] }),
      },
      guards: {
        ...(freely(['isEmpty', 'isComplete']) as object),
        someAreLate: ({ context }) => context.late.length > 0,
      },
    }),
    guards: ['someAreLate', 'isEmpty', 'isComplete'],
  },
];

describe('each machine alone', function () {
  this.timeout(60_000);
  for (const { machine, guards, about = {}, inputs = [{}] } of alone) {
    it(`takes every transition of the ${machine.id}, and by each way of its graph comes where the way says`, () => {
      const walks = inputs.map((input) => walk(machine, choices(machine, guards, about), input));
      assert.deepEqual(walks.flatMap(({ astray }) => astray).slice(0, 5), []);
      const taken = new Set(walks.flatMap((each) => [...each.taken]));
      assert.deepEqual(
        toReach.get(machine.id)!.transitions.filter((id) => !taken.has(id)),
        [],
      );
      assert.ok(walks.every(({ ways }) => ways > 1));
    });
  }
});
