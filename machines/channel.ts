import { fromCallback, setup } from 'xstate';
import type { Envelope } from './events.js';

export interface ChannelContext {
  /** For example "client-3/uplink". */
  readonly link: string;
  /** Messages in the order of sending; the first is the one on the air. */
  readonly queue: readonly QueuedMessage[];
  /** What became of the latest attempt at the first message; null before its end is known. */
  readonly attempt: Attempt | null;
  /** The account of the first message over its attempts so far. */
  readonly attempts: number;
  readonly onAirSeconds: number;
  readonly energyJoules: number;
}

export interface QueuedMessage {
  readonly envelope: Envelope;
  readonly bits: number;
}

export interface Attempt {
  readonly onAirSeconds: number;
  readonly energyJoules: number;
  readonly lost: 'loss' | 'outage' | null;
}

export interface ChannelEvent {
  type: 'message.sent';
  message: QueuedMessage;
}

/**
 * One link, from a client to the server or back: sends one message after the other, each until it arrives or
 * is given up.
 */
export const channelMachine = setup({
  types: {
    context: {} as ChannelContext,
    events: {} as ChannelEvent,
    input: {} as { link: string },
  },
  actors: { messages: fromCallback<ChannelEvent, { link: string }>(() => {}) },
  actions: {
    enqueue: () => {},
    startAttempt: () => {},
    reportAttempt: () => {},
    reportDelivered: () => {},
    reportDropped: () => {},
    dequeue: () => {},
  },
  guards: {
    hasMessage: () => false,
    wasLost: () => false,
    sendsAgain: () => false,
  },
  delays: { onAir: 1_000, feedback: 10 },
}).createMachine({
  id: 'channel',
  description: 'One direction between a client and the server: a queue, a radio and its feedback',
  context: ({ input }) => ({
    link: input.link,
    queue: [],
    attempt: null,
    attempts: 0,
    onAirSeconds: 0,
    energyJoules: 0,
  }),
  invoke: { src: 'messages', input: ({ context }) => ({ link: context.link }) },
  on: { 'message.sent': { actions: 'enqueue' } },
  initial: 'idle',
  states: {
    idle: {
      description: 'Nothing to send; the radio is off',
      always: { guard: 'hasMessage', target: 'transmitting' },
    },
    transmitting: {
      description:
        'An attempt at the first message is on the air, as long as the fading channel takes for its bits',
      entry: 'startAttempt',
      after: {
        onAir: [
          { guard: 'wasLost', target: 'waitingForFeedback', actions: 'reportAttempt' },
          { target: 'delivered', actions: 'reportAttempt' },
        ],
      },
    },
    waitingForFeedback: {
      description: 'The attempt was lost; the sender does not know yet',
      after: { feedback: [{ guard: 'sendsAgain', target: 'transmitting' }, { target: 'dropped' }] },
    },
    delivered: {
      description: 'The message has arrived; recipient and sender are told',
      entry: ['reportDelivered', 'dequeue'],
      always: 'idle',
    },
    dropped: {
      description: 'The message is given up; the sender is told',
      entry: ['reportDropped', 'dequeue'],
      always: 'idle',
    },
  },
});
