import assert from 'node:assert/strict';
import { scalars } from '../../../src/records/export/scalars.js';
import { closed, trained } from '../activity/made-up-rows.js';

describe('the scalars of a run', () => {
  it('are the figures of its rounds and of its clients, without those that are null', () => {
    const row = { ...trained('client-1', 5), metrics: { loss: 0.5, validationLoss: null } };
    const all = scalars([row, closed(6, 'answers', { round: 2 })]);

    assert.deepEqual(all[0], { actor: 'client-1', tag: 'instruction/instruct/loss', step: 1, value: 0.5 });
    assert.deepEqual(
      all.slice(1).map(({ actor, tag, step }) => `${actor} ${step} ${tag}`),
      ['seconds', 'delaySeconds', 'energyJoules', 'updates', 'late'].map(
        (figure) => `server 2 instruction/round/${figure}`,
      ),
    );
  });
});
