import assert from 'node:assert/strict';
import type { AnyStateMachine } from 'xstate';
import { childrenOf } from '../../src/charts/chart.js';
import { chartOf } from '../../src/charts/graph.js';
import { layoutOf, type Layout, type Placed } from '../../src/charts/layout.js';
import { ownMachines } from '../../src/charts/own-machines.js';
import type { Size } from '../../src/charts/text.js';
import { kettle } from './kettle.js';

const machines: readonly AnyStateMachine[] = [...Object.values(ownMachines), kettle];

type Area = Placed<Size>;

const isWithin = (inner: Area, outer: Area) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

const overlap = (a: Area, b: Area) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** What must stand apart: boxes without children, headings of the others, labels. */
function texts({ boxes, arrows, chart }: Layout): readonly Area[] {
  return [
    ...boxes.map(({ state, sections, x, y, width, height, textAt }) => {
      if (childrenOf(state, chart).length === 0) return { x, y, width, height };
      const tall = sections.reduce((sum, section) => sum + section.height, 0);
      return { ...textAt, width: Math.max(...sections.map((section) => section.width)), height: tall };
    }),
    ...arrows.flatMap(({ label }) => (label === null ? [] : [label])),
  ];
}

describe('the layout of a chart', () => {
  for (const machine of machines) {
    it(`has the ${machine.id}'s states in their parents, and nothing outside of the picture`, async () => {
      const layout = await layoutOf(chartOf(machine));
      const picture = { x: 0, y: 0, width: layout.width, height: layout.height };
      for (const area of texts(layout)) assert.ok(isWithin(area, picture), JSON.stringify(area));
      for (const box of layout.boxes) {
        const parent = layout.boxes.find(({ state }) => state.id === box.state.parent) ?? { ...picture };
        assert.ok(isWithin(box, parent), box.state.id);
      }
      for (const { x, y } of layout.arrows.flatMap(({ points }) => points)) {
        assert.ok(isWithin({ x, y, width: 0, height: 0 }, picture), `${x}, ${y}`);
      }
    });

    it(`keeps the texts of the ${machine.id} apart`, async () => {
      const areas = texts(await layoutOf(chartOf(machine)));
      for (const [index, area] of areas.entries()) {
        const covered = areas.slice(index + 1).filter((other) => overlap(area, other));
        assert.deepEqual(covered, [], JSON.stringify(area));
      }
    });

    it(`gives each transition of the ${machine.id} that has a target a line to each`, async () => {
      const { arrows, chart } = await layoutOf(chartOf(machine));
      for (const transition of chart.transitions) {
        const lines = arrows.filter((arrow) => arrow.transition === transition);
        assert.equal(lines.length, transition.targets.length, transition.id);
        assert.ok(lines.every(({ points }) => points.length >= 2));
      }
    });
  }

  it('shows our own machines in their full size on a page of 1280 pixels', async () => {
    for (const machine of Object.values(ownMachines)) {
      const { width } = await layoutOf(chartOf(machine));
      assert.ok(width <= 1280, `${machine.id}: ${width}`);
    }
  });
});
