import assert from 'node:assert/strict';
import { overfittingFigures } from '../../src/actors/overfitting/others.js';
import { shareFigures } from '../../src/actors/overfitting/shares.js';
import { patienceAfter } from '../../src/actors/patience.js';

const on = (accuracy: number | null, loss: number | null = 1) => ({ loss, accuracy, contentAccuracy: null });
const clients = ['client-1', 'client-2', 'client-3'];

describe('the figures of one client’s model on others’ data', () => {
  const figures = overfittingFigures('client-1', clients, ['newcomer-1', 'newcomer-2'], {
    train: on(1),
    common: on(0.25),
    'client-1': on(0.75),
    'client-2': on(0.5, 2),
    'client-3': on(0.25, 4),
    'newcomer-1': on(0.5),
    'newcomer-2': on(0),
  });

  it('have the mean over all other clients, each as much as the next', () => {
    assert.deepEqual(figures['others'], { loss: 3, accuracy: 0.375, contentAccuracy: null });
  });

  it('have the gaps of what was trained on to what was not, and of own to others’', () => {
    assert.equal(figures['generalizationGap'], 0.25);
    assert.equal(figures['personalizationGap'], 0.375);
  });

  it('have each client by its name, and newcomers in the mean alone', () => {
    assert.equal(figures['accuracy/client-3'], 0.25);
    assert.equal(figures['loss/client-2'], 2);
    assert.deepEqual(figures['newcomers'], { loss: 1, accuracy: 0.25, contentAccuracy: null });
    assert.ok(!('accuracy/newcomer-1' in figures));
  });

  it('have no gap to others where there is nobody else', () => {
    const alone = overfittingFigures('client-1', ['client-1'], [], { train: on(1), 'client-1': on(0.5) });
    assert.equal(alone['personalizationGap'], null);
    assert.equal(alone['generalizationGap'], 0.5);
  });

  it('are by share where they are of interpolated models', () => {
    const at = { 'client-1': on(0.75), 'client-2': on(0.5), 'client-3': on(0.25) };
    const figures = shareFigures('client-1', clients, { 0.5: at });
    assert.equal(figures['ownAccuracy/0.5'], 0.75);
    assert.equal(figures['othersAccuracy/0.5'], 0.375);
  });
});

describe('the patience of a client', () => {
  it('counts rounds that do not fall below the least loss, and begins anew with one that does', () => {
    let patience = patienceAfter({ least: null, rounds: 0 }, 2);
    const counts = [1, 1.5, 1, 0.5, null].map((loss) => (patience = patienceAfter(patience, loss)).rounds);
    assert.deepEqual(counts, [0, 1, 2, 0, 0]);
    assert.equal(patience.least, 0.5);
  });
});
