import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScenario } from '../../src/run/run.js';
import { loadScenario } from '../../src/scenario/load.js';
import { missing, pathOf, toReach } from './coverage.js';
import { disturbedRun, type Disturbance, type Situation } from './disturbed-run.js';
import { situations } from './situations.js';

/** What goes wrong as an actor comes into a state. */
const faults: Readonly<Record<string, Disturbance['act']>> = {
  'a client crashes': ({ world }, actor) => {
    world.clock.at(0, () => world.presence.crash(actor === 'server' ? 'client-1' : actor, 5));
  },
  'its links are dead for a minute': ({ world: { clock, links } }, actor) => {
    const [fromSeconds, toSeconds] = [clock.nowSeconds, clock.nowSeconds + 60];
    const client = actor === 'server' ? {} : { client: Number(actor.replace('client-', '')) };
    links.addFault({ effect: 'drop', ...client, fromSeconds, toSeconds }, '/a/test');
  },
  'the run is interrupted': (run) => run.interrupt(),
};

/** What no whole run reaches, and why. */
const unreached: Readonly<Record<string, string>> = {
  'channel channel.outage|xstate.after.nextAttempt.channel.outage|0':
    'on a band that a scheduler divides nothing is in outage but by time, and that is never sent again; rates that may be ' +
    'in outage otherwise are refused there',
};

describe('the machines of whole runs', function () {
  this.timeout(120_000);
  const earlier = mkdtempSync(join(tmpdir(), 'pwff-coverage-'));
  before(async () => {
    const set = ['learning=stub', 'stages=["instruction","reward"]'];
    const { scenario, folder } = await loadScenario('tiny', { set });
    await runScenario({ scenario, folder, outFolder: earlier, workers: 1, backend: 'wasm' });
  });
  after(() => rmSync(earlier, { recursive: true }));

  const reached = new Set<string>();
  const runs: {
    readonly situation: Situation;
    readonly ends: string;
    readonly reached: ReadonlySet<string>;
  }[] = [];
  for (const { name, ends, reaches, ...situation } of situations(earlier)) {
    it(`come where they are to: ${name}`, async () => {
      const run = await disturbedRun(situation);
      assert.equal(run.ended.reason, ends, JSON.stringify(run.ended));
      assert.deepEqual(
        reaches.filter((each) => !run.reached.has(each)),
        [],
      );
      for (const each of run.reached) reached.add(each);
      runs.push({ situation, ends, reached: run.reached });
    });
  }

  for (const machine of toReach.keys()) {
    it(`reach every state and every transition of the ${machine}, but for those that are explained`, () => {
      const expected = Object.keys(unreached).filter((each) => each.startsWith(`${machine} `));
      assert.deepEqual(missing(machine, reached), expected);
    });
  }

  for (const machine of ['client', 'server']) {
    for (const state of toReach.get(machine)!.states) {
      for (const [fault, act] of Object.entries(faults)) {
        it(`hold every invariant where, as a ${machine} is in ${state}, ${fault}`, async () => {
          const { situation, ends } = runs.find((run) => run.reached.has(`${machine} ${state}`))!;
          const strike = { actor: new RegExp(`^${machine}(-\\d+)?$`), state: pathOf(machine, state), act };
          const disturbances = [...(situation.disturbances ?? []), strike];
          const { ended, struck } = await disturbedRun({ ...situation, disturbances });
          assert.ok(struck > 0, 'it never came into the state');
          const expected =
            ends === 'failed' ? ends : fault === 'the run is interrupted' ? 'interrupted' : 'finished';
          assert.equal(ended.reason, expected, JSON.stringify(ended));
        });
      }
    }
  }
});
