import assert from 'node:assert/strict';
import { assign, createActor } from 'xstate';
import { getShortestPaths, toDirectedGraph } from 'xstate/graph';
import { channelMachine, type ChannelEvent } from '../../machines/channel.js';
import { VirtualClock } from '../../src/clock/virtual-clock.js';

const sent: ChannelEvent = {
  type: 'message.sent',
  message: {
    bits: 1,
    envelope: {
      id: 1,
      from: 'client-0',
      to: 'server',
      message: {
        kind: 'update',
        step: '1.3',
        stage: 'instruction',
        round: 1,
        shared: {},
        params: [],
        rows: 1,
        loss: 0,
      },
    },
  },
};

/**
 * The chart with the least that lets it move: attempts of one second, of which the first `losses` are lost.
 */
function moving(losses: number, cap: number) {
  return channelMachine.provide({
    actions: {
      enqueue: assign(({ context, event }) => ({ queue: [...context.queue, event.message] })),
      startAttempt: assign(({ context }) => ({ attempts: context.attempts + 1 })),
      dequeue: assign(({ context }) => ({ queue: context.queue.slice(1), attempts: 0 })),
    },
    guards: {
      hasMessage: ({ context }) => context.queue.length > 0,
      wasLost: ({ context }) => context.attempts <= losses,
      sendsAgain: ({ context }) => context.attempts < cap,
    },
    delays: { onAir: 1_000, feedback: 10 },
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
    assert.deepEqual(await courseOf(moving(0, 4), 2), [
      'idle 0',
      'transmitting 0',
      'delivered 1',
      'idle 1',
      'transmitting 1',
      'delivered 2',
      'idle 2',
    ]);
  });

  it('sends again after the feedback as long as it may', async () => {
    assert.deepEqual(await courseOf(moving(1, 4), 1), [
      'idle 0',
      'transmitting 0',
      'waitingForFeedback 1',
      'transmitting 1.01',
      'delivered 2.01',
      'idle 2.01',
    ]);
  });

  it('drops the message when it may not, and is idle again', async () => {
    assert.deepEqual(await courseOf(moving(9, 1), 1), [
      'idle 0',
      'transmitting 0',
      'waitingForFeedback 1',
      'dropped 1.01',
      'idle 1.01',
    ]);
  });

  it('reaches every state that stays, by sending and waiting', () => {
    const events = [sent, { type: 'xstate.after.onAir.channel.transmitting' } as never];
    const reached = [0, 1].flatMap((losses) =>
      getShortestPaths(moving(losses, 2), {
        input: { link: 'client-0/uplink' },
        events,
        serializeState: (state) => JSON.stringify([state.value, state.context.queue.length]),
        stopWhen: (state) => state.context.queue.length > 2,
        limit: 100,
      }).map(({ state }) => String(state.value)),
    );
    assert.deepEqual([...new Set(reached)].sort(), ['idle', 'transmitting', 'waitingForFeedback']);
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
