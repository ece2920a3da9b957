import { must, type Rule } from '../../../settings/rule.js';
import type { Reward } from './settings.js';

/** A whole pre-trained network that is trained faster than this forgets what it knew. */
const fastestPretrained = 1e-3;

/** The reward models that are pre-trained networks, as a line of advice tells of them. */
const pretrained = {
  gpt2: { name: 'GPT-2', slowly: "TRL's example trains one with 0.00001" },
  distilbert: { name: 'DistilBERT', slowly: 'Hugging Face trains it with 0.00002 to 0.00005' },
};

export const rewardRules: readonly Rule<{ reward: Reward }>[] = [
  {
    states: 'a folder is named for a DistilBERT, may be for a GPT-2, and not for features',
    findings: ({ reward: { model } }) => [
      must(
        model.kind !== 'distilbert' || model.path !== null,
        '/reward/model/path',
        model.path,
        'the folder of a DistilBERT where kind is "distilbert"',
        'for example that of distilbert-base-uncased, downloaded from Hugging Face',
      ),
      must(
        model.kind !== 'features' || model.path === null,
        '/reward/model/path',
        model.path,
        'null where kind is "features"',
        'set /reward/model/kind to "distilbert" or "gpt2" to use it',
      ),
    ],
  },
  {
    states: 'a whole pre-trained network is trained slowly',
    findings: ({ reward: { model, learningRate } }) => {
      if (model.kind === 'features' || model.train === 'head') return false;
      const { name, slowly } = pretrained[model.kind];
      return must(
        learningRate <= fastestPretrained,
        '/reward/learningRate',
        learningRate,
        `at most ${fastestPretrained} where a whole ${name} is trained`,
        slowly,
      );
    },
  },
];
