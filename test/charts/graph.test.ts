import assert from 'node:assert/strict';
import { type AnyStateMachine, type AnyStateNode } from 'xstate';
import { labelOf } from '../../src/charts/chart.js';
import { chartOf } from '../../src/charts/graph.js';
import { ownMachines } from '../../src/charts/own-machines.js';
import { kettle } from './kettle.js';

const machines: readonly AnyStateMachine[] = [...Object.values(ownMachines), kettle];

const distinct = (texts: readonly string[]) => new Set(texts).size === texts.length;

function withDescendants(node: AnyStateNode): readonly AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(withDescendants)];
}

describe('the chart of a machine', () => {
  for (const machine of machines) {
    it(`has each state and each transition of the ${machine.id} once, as XState counts them`, () => {
      const { states, transitions } = chartOf(machine);
      const nodes = withDescendants(machine.root);
      assert.deepEqual(
        states.map(({ id }) => id),
        nodes.map(({ id }) => id),
      );
      assert.ok(distinct(states.map(({ id }) => id)));
      assert.ok(distinct(transitions.map(({ id }) => id)));
      for (const node of nodes) {
        const there = transitions.filter(({ source }) => source === node.id);
        assert.equal(there.length, (node.always ?? []).length + [...node.transitions.values()].flat().length);
      }
    });
  }

  it('has always, after and what comes of an invoked actor, each with its words', () => {
    const { transitions } = chartOf(ownMachines.server);
    const from = (source: string) =>
      transitions.filter((each) => each.source === source).map((each) => [each.kind, labelOf(each)]);
    assert.deepEqual(from('collecting-1-3'), [
      ['after', 'after deadline / noteDeadline'],
      ['always', '[isDue]'],
      ['always', '[hasMoreToAsk] / inviteMore, send(1.4)'],
    ]);
    assert.deepEqual(from('step-1-4'), [['done', 'aggregate done / publish']]);
    assert.deepEqual(
      transitions.filter(({ kind }) => kind === 'error').map((each) => [each.source, labelOf(each)]),
      [['server', 'any actor failed / crash']],
    );
  });

  it('tells nested, parallel, history and final states apart', () => {
    const { states } = chartOf(kettle);
    const of = (id: string) => {
      const { type, parent, initial, history } = states.find((state) => state.id === `kettle.${id}`)!;
      return [type, parent, initial, history];
    };
    assert.deepEqual(of('busy'), ['parallel', 'kettle', null, null]);
    assert.deepEqual(of('busy.water'), ['compound', 'kettle.busy', 'kettle.busy.water.heating', null]);
    assert.deepEqual(of('busy.water.boiling'), ['final', 'kettle.busy.water', null, null]);
    assert.deepEqual(of('busy.last'), ['history', 'kettle.busy', null, 'deep']);
    assert.deepEqual(of('ready.recent'), ['history', 'kettle.ready', 'kettle.ready.first', 'shallow']);
  });

  it('says in words what a machine may have: several targets, guards of guards, delays, ends, wildcards', () => {
    const { transitions } = chartOf(kettle);
    assert.deepEqual(
      transitions.map((each) => [labelOf(each), ...each.targets.map((id) => id.replace('kettle.', ''))]),
      [
        ['both', 'busy.water.still', 'busy.light.lit'],
        ['resume', 'busy.last'],
        ['any event / assign'],
        ['switch on [isFull and not isHot]', 'busy'],
        ['refill / ignored'],
        ['again', 'busy'],
        ['done', 'ready'],
        ['boil done', 'busy.water.boiling'],
        ['boil failed / whistle', 'broken'],
        ['after 500 ms / whistle'],
        ['after patience', 'busy.water.still'],
        ['[isHot]', 'busy.light.lit'],
      ],
    );
  });
});
