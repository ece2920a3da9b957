import { and, fromCallback, setup } from 'xstate';
import type { Attempt } from '../src/radio/channel/attempts.js';
import type { Envelope } from './events.js';

export interface ChannelContext {
  /** For example "client-3/uplink". */
  readonly link: string;
  /** Messages in the order of sending; the first is the one on the air. */
  readonly queue: readonly QueuedMessage[];
  /**
   * What happens to the first message, attempt by attempt; empty before it is on the air. Where the cell's scheduler
   * divides the band, those that have ended.
   */
  readonly attempts: readonly Attempt[];
  /** How many of them have begun. */
  readonly begun: number;
}

export interface QueuedMessage {
  readonly envelope: Envelope;
  readonly bits: number;
}

export type ChannelEvent =
  | { type: 'message.sent'; message: QueuedMessage }
  /** The client at one end of the link has gone off. */
  | { type: 'device.off' }
  | AttemptEnded;

/** The cell tells what became of an attempt on a band that its scheduler divides. */
export interface AttemptEnded {
  readonly type: 'attempt.ended';
  readonly attempt: Attempt;
}

/** Where an attempt that has ended leads. */
const fates = [
  { guard: 'isAcknowledged', target: 'delivered', actions: 'reportAttempt' },
  { guard: 'arrives', target: 'waiting', actions: ['reportAttempt', 'reportArrival'] },
  { guard: 'isInOutage', target: 'outage', actions: 'reportAttempt' },
  { target: 'waiting', actions: 'reportAttempt' },
] as const;

/** Where the wait for feedback and the back-off lead. */
const again = [
  { guard: and(['sendsAgain', 'isScheduled']), target: 'sharing' },
  { guard: 'sendsAgain', target: 'transmitting' },
  { target: 'dropped' },
] as const;

/**
 * One link, from a client to the server or back: sends one message after the other, each until it is
 * acknowledged or given up. A link has a part of the band to itself, or shares the band by the cell's scheduler
 * (machines/cell.ts). While the client at one end is off nothing is sent: a message on the air is given up at the
 * end of its attempt, when the feedback fails to come (the cell's scheduler notices at once), and those behind it at
 * once.
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
    beginAttempt: () => {},
    askForBand: () => {},
    leaveBand: () => {},
    keepAttempt: () => {},
    cutAttempt: () => {},
    sendNoMore: () => {},
    reportAttempt: () => {},
    reportArrival: () => {},
    reportSettled: () => {},
    reportRefused: () => {},
    dequeue: () => {},
  },
  guards: {
    hasMessage: () => false,
    isScheduled: () => false,
    cannotSend: () => false,
    isAcknowledged: () => false,
    arrives: () => false,
    isInOutage: () => false,
    sendsAgain: () => false,
  },
  delays: { attemptEnds: 1_000, nextAttempt: 10 },
}).createMachine({
  id: 'channel',
  description: 'One direction between a client and the server: a queue, a radio and its feedback',
  context: ({ input }) => ({ link: input.link, queue: [], attempts: [], begun: 0 }),
  invoke: { src: 'messages', input: ({ context }) => ({ link: context.link }) },
  on: { 'message.sent': { actions: 'enqueue' } },
  initial: 'idle',
  states: {
    idle: {
      description: 'Nothing to send; the radio is off',
      always: [
        { guard: 'cannotSend', target: 'refused' },
        { guard: and(['hasMessage', 'isScheduled']), target: 'sharing' },
        { guard: 'hasMessage', target: 'transmitting' },
      ],
    },
    transmitting: {
      description:
        'The packets that the sender believes to be missing are on the air, as long as their blocks take',
      entry: 'beginAttempt',
      on: { 'device.off': { actions: 'cutAttempt' } },
      after: { attemptEnds: fates },
    },
    sharing: {
      description:
        'The packets that the sender believes to be missing are on the air, in what the cell’s scheduler gives of ' +
        'the band, until the cell says how it went',
      entry: 'askForBand',
      on: {
        'device.off': { actions: 'leaveBand' },
        'attempt.ended': { target: 'ended', actions: 'keepAttempt' },
      },
    },
    ended: {
      description: 'The cell has told how the attempt went',
      always: fates,
    },
    waiting: {
      description:
        'Packets or their acknowledgement were lost; the sender waits for feedback, then backs off',
      on: { 'device.off': { actions: 'sendNoMore' } },
      after: { nextAttempt: again },
    },
    outage: {
      description: 'The link did not carry the rate, or not in time; the sender learns of it and backs off',
      on: { 'device.off': { actions: 'sendNoMore' } },
      after: { nextAttempt: again },
    },
    delivered: {
      description: 'The sender knows that the message has arrived',
      entry: ['reportSettled', 'reportArrival', 'dequeue'],
      always: 'idle',
    },
    refused: {
      description: 'There is a message, and one end of the link is off',
      entry: ['reportRefused', 'dequeue'],
      always: 'idle',
    },
    dropped: {
      description: 'The sender gives the message up',
      entry: ['reportSettled', 'dequeue'],
      always: 'idle',
    },
  },
});
