import assert from 'node:assert/strict';
import type { AnyStateMachine } from 'xstate';
import { activitiesOf, labelOf, stayingIn, titleOf } from '../../src/charts/chart.js';
import { chartOf } from '../../src/charts/graph.js';
import { mermaidOf } from '../../src/charts/mermaid.js';
import { ownMachines } from '../../src/charts/own-machines.js';
import { kettle } from './kettle.js';

const machines: readonly AnyStateMachine[] = [...Object.values(ownMachines), kettle];

/** Mermaid's letters by number taken back. */
const plain = (text: string) =>
  text.replace(/#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));

const lines = (machine: AnyStateMachine) =>
  mermaidOf(chartOf(machine))
    .split('\n')
    .map((each) => each.trim());

describe('the state diagram of a machine', () => {
  for (const machine of machines) {
    const chart = chartOf(machine);

    it(`declares each state of the ${machine.id} once, by name and description`, () => {
      const declared = lines(machine).flatMap((each) => /^state "([^"]*)" as (s\d+)( \{)?$/.exec(each) ?? []);
      const titles = declared.filter((_, place) => place % 4 === 1).map((text) => plain(text ?? ''));
      const expected = chart.states.map((state) =>
        state.type === 'history' ? `${state.key}: ${state.history === 'deep' ? 'H*' : 'H'}` : titleOf(state),
      );
      assert.deepEqual(titles, expected);
    });

    it(`has each transition of the ${machine.id} once for each target`, () => {
      const written = lines(machine).map(plain);
      const arrows = written.flatMap((each) => /^\w+ --> s\w+(?: : (.*))?$/.exec(each)?.slice(1) ?? []);
      const defaults = chart.states.filter(({ type, initial }) => type === 'history' && initial !== null);
      const expected = chart.transitions.flatMap((each) => each.targets.map(() => labelOf(each)));
      assert.deepEqual(
        arrows.map((label) => label ?? '').sort(),
        [...defaults.map(() => ''), ...expected].sort(),
      );
    });

    it(`says within each state of the ${machine.id} what it does, and what it takes without being left`, () => {
      const said = lines(machine).flatMap((each) => /^s\w+ : (.*)$/.exec(each)?.slice(1) ?? []);
      const expected = chart.states.flatMap((state) => [
        ...activitiesOf(state),
        ...stayingIn(state, chart).map(labelOf),
      ]);
      assert.deepEqual(said.map(plain).sort(), expected.sort());
    });

    it(`closes what it opens in the ${machine.id}`, () => {
      const text = mermaidOf(chart);
      assert.equal(text.match(/ \{$/gm)?.length, text.match(/^ *\}$/gm)?.length);
      assert.match(text, /^stateDiagram-v2\n/);
    });
  }

  it('writes what means something to Mermaid by its number', () => {
    const [, root] = lines(kettle);
    assert.equal(root, 'state "kettle: Makes tea & #60;coffee#62;; #34;hot#34;" as s0 {');
  });

  it('lets what belongs to a state with children leave from a child "anywhere"', () => {
    const text = lines(kettle);
    assert.ok(text.includes('s0_anywhere : any event / assign'));
    assert.ok(text.includes('s0_anywhere --> s10 : resume'));
    assert.ok(text.includes('s2_anywhere --> s2_anywhere : again'));
    assert.ok(text.includes('s2 --> s11 : done'));
  });
});
