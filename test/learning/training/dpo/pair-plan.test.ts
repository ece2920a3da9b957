import assert from 'node:assert/strict';
import { pairPlan } from '../../../../src/learning/training/dpo/pair-plan.js';

const sizes = { promptsPerRound: 32, ppoEpochs: 2, minibatchSize: 16 };
const even = { helpful: 0.5, harmless: 0.5 };
const many = { helpful: 60, harmless: 60 };

describe('pairs of a round', () => {
  it('are half as many as the responses that PPO trains on: 2 steps of 16 pairs for 2 epochs of 32', () => {
    assert.deepEqual(pairPlan(sizes, even, many), {
      objectives: ['helpful', 'harmless'],
      steps: 2,
      pairsEach: 8,
    });
  });

  it('are at least one of each objective in at least one step', () => {
    const plan = pairPlan({ promptsPerRound: 2, ppoEpochs: 1, minibatchSize: 1 }, even, many);
    assert.deepEqual([plan.steps, plan.pairsEach], [1, 1]);
    assert.equal(pairPlan({ ...sizes, minibatchSize: 32, promptsPerRound: 2 }, even, many).steps, 1);
  });

  it('are of one objective alone where the other one’s weight is below 0.05, or it has no pairs', () => {
    const alone = { objectives: ['helpful'], steps: 2, pairsEach: 16 };
    assert.deepEqual(pairPlan(sizes, { helpful: 0.951, harmless: 0.049 }, many), alone);
    assert.deepEqual(pairPlan(sizes, even, { helpful: 60, harmless: 0 }), alone);
    assert.equal(pairPlan(sizes, { helpful: 0.95, harmless: 0.05 }, many).objectives.length, 2);
  });

  it('are none where there are none', () => {
    assert.deepEqual(pairPlan(sizes, even, { helpful: 0, harmless: 0 }).objectives, []);
  });
});
