import { setup } from 'xstate';
import type { AttemptEnded, QueuedMessage } from './channel.js';

export interface CellContext {
  readonly direction: 'uplink' | 'downlink';
  /** Links that are on the air, by their ids. */
  readonly links: readonly string[];
  /** Virtual time of the next end of an attempt, or of a pause in the look ahead. */
  readonly changesAtSeconds: number;
}

export type CellEvent =
  /** A link goes on the air with its message; `number` counts the attempts at it from 1. */
  | { type: 'attempt.begins'; link: string; message: QueuedMessage; number: number }
  /** One end of a link has gone off. */
  | { type: 'attempt.cut'; link: string };

/** What a cell sends to a link: machines/channel.ts. */
export type { AttemptEnded };

/**
 * The scheduler of one direction: divides its band, block by block, over those who send now. It looks ahead to the
 * next end of an attempt; whoever begins or leaves before that makes it look anew.
 */
export const cellMachine = setup({
  types: {
    context: {} as CellContext,
    events: {} as CellEvent,
    input: {} as { direction: CellContext['direction'] },
  },
  actions: {
    admit: () => {},
    cutOff: () => {},
    lookAhead: () => {},
    commit: () => {},
    tellLinks: () => {},
  },
  guards: { isEmpty: () => false },
  delays: { atOnce: 0, nextChange: 1_000 },
}).createMachine({
  id: 'cell',
  description: 'One band of the cell, and the scheduler that divides it over the links',
  context: ({ input }) => ({ direction: input.direction, links: [], changesAtSeconds: 0 }),
  initial: 'free',
  states: {
    free: {
      description: 'Nobody sends; all of the band is free',
      on: { 'attempt.begins': { target: 'gathering', actions: 'admit' } },
    },
    gathering: {
      description: 'Somebody has begun or ended; whatever else changes at this moment counts as well',
      always: { guard: 'isEmpty', target: 'free' },
      on: {
        'attempt.begins': { actions: 'admit' },
        'attempt.cut': { actions: ['cutOff', 'tellLinks'] },
      },
      after: { atOnce: 'sharing' },
    },
    sharing: {
      description: 'The band is divided anew in each block, until the next attempt ends',
      entry: 'lookAhead',
      on: {
        'attempt.begins': { target: 'gathering', actions: ['admit', 'tellLinks'] },
        'attempt.cut': { target: 'gathering', actions: ['cutOff', 'tellLinks'] },
      },
      after: { nextChange: { target: 'gathering', actions: ['commit', 'tellLinks'] } },
    },
  },
});
