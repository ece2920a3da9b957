import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { StateMachine, type AnyStateMachine } from 'xstate';
import { drawn } from '../../src/charts/drawn.js';
import { chartOf } from '../../src/charts/graph.js';
import { ownMachines, pictureFile, type OwnMachine } from '../../src/charts/own-machines.js';
import { kettle } from './kettle.js';

const names = Object.keys(ownMachines) as OwnMachine[];
const machines: readonly AnyStateMachine[] = [...Object.values(ownMachines), kettle];

/** All that an attribute of a picture says, with entities taken back. */
function attributes(svg: string, name: string): readonly string[] {
  return [...svg.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g'))].map(([, text]) => plain(text!));
}

function plain(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

const sorted = (texts: Iterable<string>) => [...texts].sort();
const distinct = (texts: readonly string[]) => new Set(texts).size === texts.length;

describe('the picture of a machine', () => {
  for (const machine of machines) {
    const chart = chartOf(machine);
    it(`has a group for each state and each transition of the ${chart.id}, once, under ids of its own`, async () => {
      const svg = await drawn(machine);
      assert.deepEqual(sorted(attributes(svg, 'data-state')), sorted(chart.states.map(({ id }) => id)));
      assert.deepEqual(
        sorted(attributes(svg, 'data-transition')),
        sorted(chart.transitions.map(({ id }) => id)),
      );
      assert.ok(distinct(attributes(svg, 'id')));
      for (const { id } of chart.states) assert.ok(svg.includes(`id="state-${chart.id}-${id}"`), id);
    });

    it(`tells the whole description of each state of the ${chart.id}, for tooltips and screen readers`, async () => {
      const svg = await drawn(machine);
      const titles = [...svg.matchAll(/<title>([^<]*)<\/title>/g)].map(([, text]) => plain(text!));
      for (const { key, description } of chart.states) {
        assert.ok(titles.includes(description === null ? key : `${key}: ${description}`), key);
      }
    });
  }

  it('escapes what means something in SVG', async () => {
    const svg = await drawn(kettle);
    assert.match(svg, /Makes tea &amp; &lt;coffee&gt;; &quot;hot&quot;/);
    assert.doesNotMatch(svg, /<coffee>/);
  });

  for (const name of names) {
    it(`stands in docs/machines as the ${name} is; "npm run machines" draws it anew`, async () => {
      assert.equal(readFileSync(pictureFile(name), 'utf8'), await drawn(ownMachines[name]));
    });
  }

  it('is another one as soon as a machine is', async () => {
    const { config, implementations } = ownMachines.channel;
    const changed = new StateMachine({ ...config, description: 'Another' }, implementations);
    assert.notEqual(await drawn(changed), readFileSync(pictureFile('channel'), 'utf8'));
  });
});
