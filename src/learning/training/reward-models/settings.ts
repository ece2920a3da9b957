import Type, { type Static } from 'typebox';
import { atLeastZero, closed, count, nullable, positive } from '../../../settings/form.js';
import { rounds } from '../rounds.js';

const RewardModel = closed(
  {
    kind: Type.Enum(['features', 'gpt2', 'distilbert'], {
      default: 'features',
      description:
        "features: a small network on the base model's features; gpt2: a causal GPT-2 with a linear head, " +
        'that of `path` or the language model; distilbert: the DistilBERT of `path`',
    }),
    path: nullable(
      Type.String(),
      'folder with config.json, model.safetensors and tokenizer files of a DistilBERT, or of a GPT-2 with ' +
        "the language model's tokens (null: the language model itself), relative to the scenario file",
    ),
    train: Type.Enum(['full', 'head'], {
      default: 'full',
      description:
        'what of a GPT-2 or DistilBERT is trained and travels; head: its backbone is frozen, and everybody ' +
        'has it',
    }),
  },
  { default: {}, description: 'what both reward models are' },
);

export const Reward = closed(
  {
    ...rounds(4, 120),
    model: RewardModel,
    hidden: count(
      1,
      64,
      'width of the fully-connected network (Step 2.1), or of the critics beside a DistilBERT (Step 3.1)',
    ),
    localSteps: count(1, 30, 'optimizer steps of a client in a round'),
    batchSize: count(1, 16, 'pairs of a step'),
    learningRate: positive(2e-3, 'Adam'),
    weightDecay: atLeastZero(1e-3, 'decoupled (AdamW)'),
    centerCoefficient: atLeastZero(
      0.01,
      'of the mean square of a pair’s summed scores, which keeps scores near 0 (Eisenstein et al. 2023; as in TRL)',
    ),
  },
  { default: {}, description: 'stage 2, learning the two reward models' },
);

export type Reward = Static<typeof Reward>;
