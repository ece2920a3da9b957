import { fromCallback, setup } from 'xstate';
import type { AttemptEnded, QueuedMessage } from './channel.js';

export interface AirContext {
  /** Updates that are ready to go on the air; in a slot, those that are in it. */
  readonly ready: readonly ReadyUpdate[];
  /** How long the slot lasts that is on the air now, or was last. */
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
    refuse: () => {},
    withdraw: () => {},
    refuseAll: () => {},
    openSlot: () => {},
    cutShort: () => {},
    closeSlot: () => {},
  },
  guards: {
    isTooLate: () => false,
    isEmpty: () => false,
    isOver: () => false,
    isComplete: () => false,
  },
  delays: { lastMoment: 1_000, slotEnds: 1_000 },
}).createMachine({
  id: 'air',
  description: 'The uplink over the air: one slot for all clients of a version',
  context: { ready: [], slotSeconds: 0 },
  initial: 'free',
  states: {
    free: {
      description: 'Nobody is ready to send',
      on: {
        'attempt.begins': [
          { guard: 'isTooLate', actions: 'refuse' },
          { target: 'gathering', actions: 'admit' },
        ],
      },
    },
    gathering: {
      description: 'Those who are ready wait until everybody is who is awaited, at most until the last moment',
      invoke: { src: 'cohort' },
      always: [
        { guard: 'isEmpty', target: 'free' },
        { guard: 'isOver', target: 'free', actions: 'refuseAll' },
        { guard: 'isComplete', target: 'onAir' },
      ],
      on: {
        'attempt.begins': [
          { guard: 'isTooLate', actions: 'refuse' },
          { target: 'gathering', actions: 'admit', reenter: true },
        ],
        'attempt.cut': { actions: 'withdraw' },
        'cohort.changed': { target: 'gathering', reenter: true },
      },
      after: { lastMoment: 'onAir' },
    },
    onAir: {
      description: 'All who were ready send at once; the server hears the sum',
      entry: 'openSlot',
      on: {
        'attempt.begins': { actions: 'refuse' },
        'attempt.cut': { actions: 'cutShort' },
      },
      after: { slotEnds: { target: 'free', actions: 'closeSlot' } },
    },
  },
});
