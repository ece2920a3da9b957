import assert from 'node:assert/strict';
import { createActor } from 'xstate';
import { transitionId } from '../../src/charts/transition-id.js';
import { chartOf } from '../../src/charts/graph.js';
import { ownMachines } from '../../src/charts/own-machines.js';
import { kettle } from './kettle.js';

/** Names of the transitions that XState tells an inspector of while the events are sent. */
function taken(machine: typeof kettle, ...events: readonly string[]): readonly (string | null)[] {
  const seen: (string | null)[] = [];
  const actor = createActor(machine, {
    inspect: (event) => {
      if (event.type !== '@xstate.microstep') return;
      seen.push(...event._transitions.map(transitionId));
    },
  });
  actor.start();
  for (const type of events) actor.send({ type });
  actor.stop();
  return seen;
}

describe('the id of a transition', () => {
  it('is the chart’s for what XState takes, whatever implementations the machine was given', () => {
    const hot = kettle.provide({ guards: { isFull: () => true, isHot: () => true } });
    const known = chartOf(kettle).transitions.map(({ id }) => id);
    const ids = taken(hot, 'refill', 'both', 'again', 'whatever');
    assert.deepEqual(ids, [
      'kettle.cold|refill|0',
      'kettle|both|0',
      // The end of a region is an event too, and the wildcard takes it.
      'kettle|*|0',
      'kettle.busy|again|0',
      'kettle.busy.light.dark||0',
      'kettle|*|0',
      'kettle|*|0',
    ]);
    for (const id of ids) assert.ok(known.includes(id), String(id));
  });

  it('tells the alternatives of one event apart by their place', () => {
    const { transitions } = chartOf(ownMachines.channel);
    assert.deepEqual(
      transitions
        .filter(({ kind, source }) => kind === 'after' && source === 'channel.waiting')
        .map(({ id }) => id),
      [0, 1, 2].map((place) => `channel.waiting|xstate.after.nextAttempt.channel.waiting|${place}`),
    );
  });

  it('is none for the step into an initial state, which no chart has as a transition', () => {
    assert.equal(transitionId(kettle.root.initial), null);
  });
});
