import Type, { type Static } from 'typebox';
import { closed, count, nullable, positive } from '../../settings/form.js';
import { regularization } from './regularization.js';
import { optimizer, optimizerState, rounds } from './rounds.js';

export const Instruction = closed(
  {
    ...rounds(8, 120),
    localSteps: count(1, 8, 'optimizer steps of a client in a round'),
    batchSize: count(1, 16, 'rows of a step'),
    learningRate: positive(2e-3, 'Adam, adapters'),
    loraLearningRateScale: positive(1, 'learning rate of LoRA relative to that of the adapters'),
    maxGradientNorm: positive(1, 'global norm that gradients are clipped to'),
    optimizer,
    optimizerState,
    ...regularization,
    privatePatience: nullable(
      Type.Integer({ minimum: 1 }),
      'rounds without a fall of its own validation loss below its least, after which a client’s private parts rest ' +
        'until it falls (docs/overfitting.md); null: they never do',
    ),
    targetAccuracy: nullable(
      Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
      'mean accuracy on own held-out rows; summary.json says when it was reached (toTarget), and nothing ends by it',
    ),
  },
  { default: {}, description: 'stage 1, instruction tuning' },
);

export type Instruction = Static<typeof Instruction>;
