import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { blockNotes } from '../../../src/radio/channel/gain-paths/notes.js';
import { readRadioScenario } from '../../../src/radio/link-study/read-scenario.js';
import { resolveScenario } from '../../../src/scenario/validate.js';
import { cell } from './large-scale/a-cell.js';
import { channelWith } from './a-link.js';

describe('a note on the length of blocks', () => {
  it('comes where a correlated gain would change within one: 0.0268 s at 1 m/s and 2 GHz', () => {
    const text =
      '/channel/coherenceSeconds is 0.05: at a Doppler shift of 6.67 Hz the gain changes within such a block; ' +
      'set at most 0.0268, the coherence time 9/(16 pi fD)';
    for (const correlation of ['gauss-markov', 'jakes'] as const) {
      assert.deepEqual(blockNotes(channelWith({ correlation })), [text]);
      assert.deepEqual(blockNotes(channelWith({ correlation, coherenceSeconds: 0.026 })), []);
      assert.deepEqual(blockNotes(channelWith({ correlation, dopplerHz: 0 })), []);
    }
    assert.deepEqual(blockNotes(channelWith()), []);
  });

  it('goes by the greatest speed of clients that move', () => {
    const mobility = { minSpeedMetersPerSecond: 1, maxSpeedMetersPerSecond: 20, pauseSeconds: 0 };
    const moving = { correlation: 'jakes', cell: { ...cell, mobility } } as const;
    // 9 / (16 pi 133.4 Hz).
    assert.match(blockNotes(channelWith({ ...moving, coherenceSeconds: 0.002 }))[0]!, /at most 0\.00134,/);
    assert.deepEqual(blockNotes(channelWith({ ...moving, coherenceSeconds: 0.001 })), []);
  });

  it('is not needed by the defaults, nor by any scenario that comes with the package', async () => {
    for (const correlation of ['independent', 'gauss-markov', 'jakes'] as const) {
      assert.deepEqual(blockNotes({ ...resolveScenario({ name: 'defaults' }).channel, correlation }), []);
    }
    const names = readdirSync('scenarios').filter(
      (name) => name.endsWith('.json') && name !== 'scenario.schema.json',
    );
    assert.ok(names.length > 10);
    for (const name of names) {
      const { scenario } = await readRadioScenario(`scenarios/${name}`, []);
      assert.deepEqual(blockNotes(scenario.channel), [], name);
    }
  });
});
