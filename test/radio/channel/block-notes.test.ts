import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { blockNotes } from '../../../src/radio/channel/gain-paths/notes.js';
import { readRadioScenario } from '../../../src/radio/link-study/read-scenario.js';
import { resolveScenario } from '../../../src/scenario/validate.js';
import { cell } from './large-scale/a-cell.js';
import { channelWith, type ChannelChanges } from './a-link.js';

const notesWith = (changes: ChannelChanges = {}) =>
  blockNotes({ seed: 1, channel: channelWith(changes), clients: { count: 3 } });

describe('a note on the length of blocks', () => {
  it('comes where a correlated gain would change within one: 0.0268 s at 1 m/s and 2 GHz', () => {
    const text =
      '/channel/coherenceSeconds is 0.05: at a Doppler shift of 6.67 Hz the gain changes within such a block; ' +
      'set at most 0.0268, the coherence time 9/(16 pi fD)';
    for (const correlation of ['gauss-markov', 'jakes'] as const) {
      assert.deepEqual(notesWith({ correlation }), [text]);
      assert.deepEqual(notesWith({ correlation, coherenceSeconds: 0.026 }), []);
      assert.deepEqual(notesWith({ correlation, dopplerHz: 0 }), []);
    }
    assert.deepEqual(notesWith(), []);
  });

  it('goes by the greatest speed of clients that move', () => {
    const mobility = { minSpeedMetersPerSecond: 1, maxSpeedMetersPerSecond: 20, pauseSeconds: 0 };
    const moving = { correlation: 'jakes', cell: { ...cell, mobility } } as const;
    // 9 / (16 pi 133.4 Hz).
    assert.match(notesWith({ ...moving, coherenceSeconds: 0.002 })[0]!, /at most 0\.00134,/);
    assert.deepEqual(notesWith({ ...moving, coherenceSeconds: 0.001 }), []);
  });

  it('names the client of the greatest shift where speeds differ', () => {
    // 9 / (16 pi 133.4 Hz).
    assert.match(
      notesWith({ correlation: 'jakes', speedMetersPerSecond: [1, 20, 3], coherenceSeconds: 0.002 })[0]!,
      /at a Doppler shift of 133 Hz, that of client-2, the gain .* at most 0\.00134,/,
    );
    const slow = { correlation: 'jakes', coherenceSeconds: 0.02 } as const;
    assert.deepEqual(notesWith({ ...slow, speedMetersPerSecond: { uniform: [0.1, 1] } }), []);
    assert.doesNotMatch(
      notesWith({ ...slow, speedMetersPerSecond: [1, 20, 3], dopplerHz: 50 })[0]!,
      /client/,
    );
  });

  it('is not needed by the defaults, nor by any scenario that comes with the package', async () => {
    for (const correlation of ['independent', 'gauss-markov', 'jakes'] as const) {
      const { channel, ...around } = resolveScenario({ name: 'defaults' });
      assert.deepEqual(blockNotes({ ...around, channel: { ...channel, correlation } }), []);
    }
    const names = readdirSync('scenarios').filter(
      (name) => name.endsWith('.json') && !name.endsWith('.schema.json'),
    );
    assert.ok(names.length > 10);
    for (const name of names) {
      const { scenario } = await readRadioScenario(`scenarios/${name}`, []);
      assert.deepEqual(blockNotes(scenario), [], name);
    }
  });
});
