import { defineStudy } from 'pwff';

/** Which rates suit stage 1: four drawn at random, each with both optimizers. */
export default defineStudy({
  name: 'rates',
  scenario: 'tiny',
  set: { stages: ['instruction'] },
  vary: {
    list: [{ 'instruction.optimizer': 'adam' }, { 'instruction.optimizer': 'sgd' }],
    random: {
      count: 4,
      seed: 1,
      space: {
        'instruction.learningRate': { draw: 'log-uniform', from: 1e-4, to: 1e-1 },
        'instruction.localSteps': { draw: 'integer', from: 1, to: 4 },
      },
    },
  },
  seeds: [11],
});
