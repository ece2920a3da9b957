import assert from 'node:assert/strict';
import { assign, createActor } from 'xstate';
import { getShortestPaths, toDirectedGraph } from 'xstate/graph';
import { channelMachine, type ChannelContext, type ChannelEvent } from '../../machines/channel.js';
import type { Attempt } from '../../src/radio/channel/attempts.js';
import { VirtualClock } from '../../src/simulation/clock/virtual-clock.js';

const sent: ChannelEvent = {
  type: 'message.sent',
  message: {
    bits: 1,
    envelope: {
      id: 1,
      from: 'client-0',
      to: 'server',
      group: ['server'],
      message: {
        direction: 'up',
        kind: 'update',
        answers: { stage: 'instruction', version: 0, order: 1 },
        startedFrom: { base: null, adapters: null, lora: null, helpful: null, harmless: null },
        params: {},
        rows: 1,
        loss: 0,
      },
    },
  },
};

/** What an attempt tells the chart. */
type Fate = Pick<Attempt, 'lost' | 'arrives' | 'acknowledged'>;

const arrives: Fate = { lost: null, arrives: true, acknowledged: true };
const isLost: Fate = { lost: 'loss', arrives: false, acknowledged: false };
const isInOutage: Fate = { lost: 'outage', arrives: false, acknowledged: false };
const isNotHeardOf: Fate = { lost: null, arrives: true, acknowledged: false };

const attemptOf = (fate: Fate): Attempt => ({
  atSeconds: 0,
  seconds: 1,
  onAirSeconds: 1,
  airBits: 1,
  packets: 1,
  lostPackets: fate.lost === null ? 0 : 1,
  waitSeconds: 0.01,
  blackoutSeconds: 0,
  blackouts: [],
  transmitJoules: 1,
  receiveJoules: 0,
  idleJoules: 0,
  energyJoules: 1,
  blocks: 1,
  samples: [],
  ...fate,
});

/** The chart with the least that lets it move: attempts of one second for each message, and their fates. */
function moving(fates: readonly Fate[], arrivals: number[] = []) {
  const attempts = fates.map(attemptOf);
  const last = ({ attempts, begun }: ChannelContext) => attempts[begun - 1]!;
  return channelMachine.provide({
    actions: {
      enqueue: assign(({ context, event }) =>
        event.type === 'message.sent' ? { queue: [...context.queue, event.message] } : {},
      ),
      beginAttempt: assign(({ context }) => ({ attempts, begun: context.begun + 1 })),
      reportArrival: ({ context }) => void arrivals.push(context.begun),
      dequeue: assign(({ context }) => ({ queue: context.queue.slice(1), attempts: [], begun: 0 })),
    },
    guards: {
      hasMessage: ({ context }) => context.queue.length > 0,
      isAcknowledged: ({ context }) => last(context).acknowledged,
      arrives: ({ context }) => last(context).arrives,
      isInOutage: ({ context }) => last(context).lost === 'outage',
      sendsAgain: ({ context }) => context.begun < attempts.length,
    },
    delays: { attemptEnds: 1_000, nextAttempt: 10 },
  });
}

/** States as they are entered, with the virtual time; states that are left at once show as none. */
async function courseOf(machine: ReturnType<typeof moving>, messages: number): Promise<string[]> {
  const clock = new VirtualClock();
  const course: string[] = [];
  const actor = createActor(machine, {
    clock,
    input: { link: 'client-0/uplink' },
    inspect: (event) => {
      if (event.type !== '@xstate.microstep' || event.actorRef !== actor) return;
      const state = String((event.snapshot as { value?: unknown }).value);
      if (course.at(-1)?.split(' ')[0] !== state) course.push(`${state} ${clock.nowSeconds}`);
    },
  });
  actor.start();
  for (let i = 0; i < messages; i++) actor.send(sent);
  assert.equal(await clock.run(), 'idle');
  assert.equal(actor.getSnapshot().value, 'idle');
  return course;
}

describe('the chart of a link', () => {
  it('delivers a message that arrives at once and goes on with the next', async () => {
    assert.deepEqual(await courseOf(moving([arrives]), 2), [
      'idle 0',
      'transmitting 0',
      'delivered 1',
      'idle 1',
      'transmitting 1',
      'delivered 2',
      'idle 2',
    ]);
  });

  it('sends again after the wait as long as it may', async () => {
    assert.deepEqual(await courseOf(moving([isLost, arrives]), 1), [
      'idle 0',
      'transmitting 0',
      'waiting 1',
      'transmitting 1.01',
      'delivered 2.01',
      'idle 2.01',
    ]);
  });

  it('sends again after an outage too', async () => {
    assert.deepEqual(await courseOf(moving([isInOutage, isInOutage, arrives]), 1), [
      'idle 0',
      'transmitting 0',
      'outage 1',
      'transmitting 1.01',
      'outage 2.01',
      'transmitting 2.02',
      'delivered 3.02',
      'idle 3.02',
    ]);
  });

  it('reports the arrival of a message whose acknowledgement is lost, and sends it again', async () => {
    const arrivals: number[] = [];
    const heard = { lost: null, arrives: false, acknowledged: true };
    assert.deepEqual(await courseOf(moving([isNotHeardOf, heard], arrivals), 1), [
      'idle 0',
      'transmitting 0',
      'waiting 1',
      'transmitting 1.01',
      'delivered 2.01',
      'idle 2.01',
    ]);
    assert.equal(arrivals[0], 1);
  });

  it('drops the message when it may not, and is idle again', async () => {
    for (const [fate, state] of [
      [isLost, 'waiting'],
      [isInOutage, 'outage'],
    ] as const) {
      assert.deepEqual(await courseOf(moving([fate]), 1), [
        'idle 0',
        'transmitting 0',
        `${state} 1`,
        'dropped 1.01',
        'idle 1.01',
      ]);
    }
  });

  it('turns away what is to be sent while an end of it is off, one message after the other', async () => {
    const off = moving([arrives]).provide({
      guards: { cannotSend: ({ context }) => context.queue.length > 0 },
    });
    assert.deepEqual(await courseOf(off, 2), ['idle 0', 'refused 0', 'idle 0', 'refused 0', 'idle 0']);
  });

  it('reaches every state that stays, by sending and waiting', () => {
    const events = [sent, { type: 'xstate.after.attemptEnds.channel.transmitting' } as never];
    const reached = [arrives, isLost, isInOutage].flatMap((fate) =>
      getShortestPaths(moving([fate, arrives]), {
        input: { link: 'client-0/uplink' },
        events,
        serializeState: (state) => JSON.stringify([state.value, state.context.queue.length]),
        stopWhen: (state) => state.context.queue.length > 2,
        limit: 100,
      }).map(({ state }) => String(state.value)),
    );
    assert.deepEqual([...new Set(reached)].sort(), ['idle', 'outage', 'transmitting', 'waiting']);
  });

  it('describes every state, and gives it a name of its own', () => {
    const { children } = toDirectedGraph(channelMachine);
    const states = children.map(({ stateNode }) => stateNode);
    assert.ok(states.length > 0);
    for (const { key, description } of states) assert.ok(description, `state ${key} has no description`);
  });

  it('stays where it is, opened by itself without implementations', async () => {
    const clock = new VirtualClock();
    const actor = createActor(channelMachine, { clock, input: { link: 'client-0/uplink' } }).start();
    actor.send(sent);
    await clock.run();
    assert.equal(actor.getSnapshot().value, 'idle');
  });
});
