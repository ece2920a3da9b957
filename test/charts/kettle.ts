import { and, assign, fromPromise, not, setup } from 'xstate';

/** A machine with all that a chart can have, as a user might write it. */
export const kettle = setup({
  types: { context: {} as { cups: number } },
  actors: { boil: fromPromise(() => Promise.resolve(1)) },
  actions: { whistle: () => {}, log: (_, _params: { level: string }) => {} },
  guards: { isFull: () => true, isHot: () => false },
  delays: { patience: 60_000 },
}).createMachine({
  id: 'kettle',
  description: 'Makes tea & <coffee>; "hot"',
  context: { cups: 0 },
  initial: 'cold',
  on: {
    // A target in each region, a wildcard, and one event that leads back to where the machine was.
    both: { target: ['.busy.water.still', '.busy.light.lit'] },
    resume: '.busy.last',
    '*': { actions: assign({ cups: ({ context }) => context.cups + 1 }) },
  },
  states: {
    cold: {
      exit: { type: 'log', params: { level: 'low' } },
      on: {
        'switch on': { guard: and(['isFull', not('isHot')]), target: 'busy', description: 'the usual way' },
        refill: {},
      },
    },
    busy: {
      type: 'parallel',
      states: {
        water: {
          initial: 'heating',
          states: {
            heating: {
              description: 'Step: heat the water',
              invoke: { src: 'boil', onDone: 'boiling', onError: { target: '#broken', actions: 'whistle' } },
              after: { 500: { actions: 'whistle' }, patience: 'still' },
            },
            boiling: { type: 'final' },
            still: {},
          },
        },
        light: {
          initial: 'dark',
          states: { dark: { always: { guard: 'isHot', target: 'lit' } }, lit: { type: 'final' } },
        },
        last: { type: 'history', history: 'deep' },
      },
      on: { again: { target: 'busy', reenter: true } },
      onDone: 'ready',
    },
    ready: { initial: 'first', states: { first: {}, recent: { type: 'history', target: 'first' } } },
    broken: { id: 'broken', type: 'final' },
  },
});
