import { fromCallback, setup } from 'xstate';
import type { AttemptEnded, QueuedMessage } from './channel.js';

export interface AirContext {
  /** Updates that are ready to go on the air. */
  readonly ready: readonly ReadyUpdate[];
  /** Clients that are awaited and not ready. */
  readonly awaited: readonly string[];
  /** Links whose updates are ready and come too late for their slot. */
  readonly late: readonly string[];
  /** Virtual time at which the slot opens whoever is awaited; Infinity without a deadline. */
  readonly lastMomentSeconds: number;
  /** The updates in the slot that is on the air. */
  readonly inSlot: readonly ReadyUpdate[];
  readonly slotSeconds: number;
}

export interface ReadyUpdate {
  /** Id of the client's uplink. */
  readonly link: string;
  readonly message: QueuedMessage;
  readonly sinceSeconds: number;
}

export type AirEvent =
  /** A link asks to go on the air with its message. */
  | { type: 'attempt.begins'; link: string; message: QueuedMessage; number: number }
  /** One end of a link has gone off. */
  | { type: 'attempt.cut'; link: string }
  /** Who is awaited may be others than before. */
  | { type: 'cohort.changed' };

/** What a link hears of its attempt: machines/channel.ts. */
export type { AttemptEnded };

/**
 * The uplink where all clients of a version send at once and uncoded: the base station opens one slot for each kind of
 * update. It opens it as soon as everybody is ready from whom an update is awaited; at the last moment at which the slot still
 * ends before the round's deadline it opens it for those who are ready. Who comes after that is sent away.
 */
export const airMachine = setup({
  types: { context: {} as AirContext, events: {} as AirEvent },
  actors: { cohort: fromCallback<AirEvent>(() => {}) },
  actions: {
    admit: () => {},
    takeStock: () => {},
    refuseLate: () => {},
    withdraw: () => {},
    openSlot: () => {},
    cutShort: () => {},
    closeSlot: () => {},
  },
  guards: {
    isEmpty: () => false,
    someAreLate: () => false,
    isComplete: () => false,
  },
  delays: { lastMoment: 1_000, slotEnds: 1_000 },
}).createMachine({
  id: 'air',
  description: 'The uplink over the air: one slot for all clients of a version',
  context: {
    ready: [],
    awaited: [],
    late: [],
    lastMomentSeconds: Infinity,
    inSlot: [],
    slotSeconds: 0,
  },
  initial: 'free',
  states: {
    free: {
      description: 'Nobody is ready to send',
      on: { 'attempt.begins': { target: 'gathering', actions: 'admit' } },
    },
    gathering: {
      description:
        'Those who are ready wait until everybody is who is awaited, at most until the last moment',
      entry: 'takeStock',
      invoke: { src: 'cohort' },
      always: [
        { guard: 'someAreLate', target: 'gathering', reenter: true, actions: 'refuseLate' },
        { guard: 'isEmpty', target: 'free' },
        { guard: 'isComplete', target: 'onAir' },
      ],
      on: {
        'attempt.begins': { target: 'gathering', actions: 'admit', reenter: true },
        'attempt.cut': { target: 'gathering', actions: 'withdraw', reenter: true },
        'cohort.changed': { target: 'gathering', reenter: true },
      },
      after: { lastMoment: 'onAir' },
    },
    onAir: {
      description:
        'All who were ready send at once; the server hears the sum. Who comes now waits for the next slot',
      entry: 'openSlot',
      on: {
        'attempt.begins': { actions: 'admit' },
        'attempt.cut': { actions: ['cutShort', 'withdraw'] },
      },
      after: { slotEnds: { target: 'gathering', actions: 'closeSlot' } },
    },
  },
});
