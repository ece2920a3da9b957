import Type, { type Static } from 'typebox';
import { atLeastZero, closed, count, fraction, nullable, positive } from '../../../settings/form.js';
import { optimizer, optimizerState, rounds } from '../rounds.js';

export const Alignment = closed(
  {
    ...rounds(8, 120),
    algorithm: Type.Enum(['ppo', 'rewarded-soups', 'modpo'], {
      default: 'ppo',
      description:
        'ppo: the paper’s, by both rewards at once; rewarded-soups: PPO by each reward alone, then the weights ' +
        'of the two policies interpolated (Ramé et al. 2023); modpo: multi-objective direct preference ' +
        'optimization on the pairs (Zhou et al. 2024), no sampling and no critics',
    }),
    promptsPerRound: count(2, 32, 'responses sampled in a round'),
    sensitiveShare: fraction(0.5, 'share of sensitive prompts among them, where the data has any'),
    maxNewTokens: count(1, 24, 'length at which a response is cut'),
    temperature: positive(1, 'of sampling'),
    ppoEpochs: count(1, 2, 'passes over the sampled responses'),
    minibatchSize: count(1, 16, 'responses of a step'),
    learningRate: positive(1e-3, 'Adam, adapters'),
    loraLearningRateScale: positive(1, 'learning rate of LoRA relative to that of the adapters'),
    criticLearningRate: positive(2e-3, 'Adam, critics'),
    ptxCoefficient: atLeastZero(
      0,
      'weight of the loss on own benign instructions beside PPO’s, against forgetting (PPO-ptx, Ouyang et al. 2022)',
    ),
    klCoefficient: atLeastZero(0.05, 'penalty on the log-ratio to the policy frozen after stage 1'),
    klControl: Type.Enum(['fixed', 'adaptive'], {
      default: 'fixed',
      description: 'adaptive: the coefficient follows `klTarget` from round to round (Ziegler et al. 2019)',
    }),
    klTarget: positive(6, 'of "adaptive": divergence aimed at, nats per response'),
    klHorizon: positive(10000, 'of "adaptive": responses over which a full error changes it by a fifth'),
    targetKl: nullable(
      Type.Number({ exclusiveMinimum: 0 }),
      'a client’s round ends early when a minibatch has moved the policy by more than 1.5 times so many nats ' +
        'per token (approximate KL); null: never',
    ),
    whitenRewards: Type.Boolean({
      default: false,
      description: 'rewards of tokens scaled to variance 1, as in TRL',
    }),
    whitenAdvantages: Type.Boolean({
      default: true,
      description: 'advantages shifted and scaled, as in TRL',
    }),
    criticWarmupSteps: count(
      0,
      0,
      'steps of the critics alone in Step 3.1, on the responses that set the scale of the scores',
    ),
    dpoBeta: positive(0.1, 'of "modpo": strength of the tie to the policy frozen after stage 1'),
    collapse: closed(
      {
        klNats: positive(
          25,
          'divergence from the frozen policy, nats per response, above which it has run away',
        ),
        entropyShare: fraction(0.1, 'share of the entropy at the start below which the policy has collapsed'),
        lengthFactor: positive(
          1.75,
          'growth of the responses’ mean length, with growing scores, above which length is being rewarded',
        ),
        phraseShare: fraction(
          0.25,
          'share of the gain in reward that is a single stock phrase, above which the phrase is being rewarded: ' +
            'at a quarter the gain is a third more than what it is without the phrase',
        ),
      },
      {
        default: {},
        description: 'when a run says that its alignment has collapsed; it goes on all the same',
      },
    ),
    discount: fraction(1, 'gamma of the return'),
    lambda: fraction(0.95, 'of generalized advantage estimation'),
    clipRange: positive(0.2, 'of the probability ratio'),
    clipRangeValue: positive(0.2, 'of the value'),
    maxGradientNorm: positive(1, 'global norm that gradients are clipped to'),
    optimizer,
    optimizerState,
    missingEosPenalty: atLeastZero(3, 'taken from the score of a response without end-of-text'),
  },
  { default: {}, description: 'stage 3, alignment with both reward models' },
);

export type Alignment = Static<typeof Alignment>;
