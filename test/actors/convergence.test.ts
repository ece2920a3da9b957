import assert from 'node:assert/strict';
import { assessConvergence } from '../../src/actors/convergence.js';

const criterion = { maxRounds: 10, convergence: { minimumImprovement: 0.1, patience: 2 } };
const start = { bestLoss: null, roundsWithoutProgress: 0 };

/** The verdicts of a course of losses, until one is final. */
function verdicts(losses: readonly (number | null)[]) {
  let progress = start as Parameters<typeof assessConvergence>[0];
  return losses.map((loss, index) => {
    const { verdict, ...next } = assessConvergence(progress, index + 1, loss, criterion);
    progress = next;
    return verdict;
  });
}

describe('the criterion of Steps 1.5, 2.5 and 3.5', () => {
  it('goes on while the loss falls by more than the minimum', () => {
    assert.deepEqual(verdicts([1, 0.8, 0.6]), ['continue', 'continue', 'continue']);
  });

  it('calls a stage converged after `patience` rounds without progress', () => {
    assert.deepEqual(verdicts([1, 0.95, 0.94]), ['continue', 'continue', 'converged']);
  });

  it('starts counting anew after progress', () => {
    assert.deepEqual(verdicts([1, 0.95, 0.8, 0.79]), ['continue', 'continue', 'continue', 'continue']);
  });

  it('measures relative to the size of the loss, of either sign', () => {
    assert.deepEqual(verdicts([-1, -1.05, -1.2]), ['continue', 'continue', 'continue']);
    assert.deepEqual(verdicts([-1, -1.05, -1.08]), ['continue', 'continue', 'converged']);
  });

  it('learns nothing from a lost round', () => {
    assert.deepEqual(verdicts([1, null, null, null]), ['continue', 'continue', 'continue', 'continue']);
  });

  it('neither counts nor ends while parts are still to come', () => {
    const settled = { bestLoss: 1, roundsWithoutProgress: 9 };
    const waiting = assessConvergence(settled, 5, 2, criterion, true);
    assert.deepEqual(waiting, { ...start, verdict: 'continue' });
    assert.equal(assessConvergence(waiting, 6, 2, criterion).verdict, 'continue');
  });

  it('ends at the last round whatever the loss', () => {
    assert.equal(assessConvergence(start, 10, 1, criterion).verdict, 'out-of-rounds');
    assert.equal(assessConvergence(start, 10, null, criterion).verdict, 'out-of-rounds');
  });
});
