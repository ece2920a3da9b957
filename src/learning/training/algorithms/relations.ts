import { must, type Rule } from '../../../settings/rule.js';
import type { Data } from '../../data/settings.js';
import type { KnownModel } from '../../model/relations.js';
import type { Alignment } from './settings.js';

/** Settings of PPO alone, and the value that leaves each of them out. */
const ofSampling: readonly {
  readonly key: keyof Alignment;
  readonly off: unknown;
  readonly advice: string;
}[] = [
  { key: 'klControl', off: 'fixed', advice: 'its tie to the frozen policy is /alignment/dpoBeta' },
  { key: 'targetKl', off: null, advice: 'it samples nothing that a divergence could be measured on' },
  { key: 'criticWarmupSteps', off: 0, advice: 'it has no critics to train' },
  { key: 'ptxCoefficient', off: 0, advice: 'only PPO rehearses' },
];

export const alignmentRules: readonly Rule<
  { alignment: Alignment; data: Pick<Data, 'maxTokens'> },
  KnownModel
>[] = [
  {
    states: 'a response fits into the model',
    findings: ({ alignment: { maxNewTokens } }, { model }) =>
      must(
        model === null || maxNewTokens < model.n_positions,
        '/alignment/maxNewTokens',
        maxNewTokens,
        `less than ${model?.n_positions}, the positions of the model`,
      ),
  },
  {
    states: 'a prompt has room beside its response',
    findings: ({ alignment: { maxNewTokens }, data: { maxTokens } }) =>
      must(
        maxTokens === null || maxNewTokens < maxTokens,
        '/alignment/maxNewTokens',
        maxNewTokens,
        `less than ${maxTokens}, which is /data/maxTokens`,
      ),
  },
  {
    states: 'a minibatch is no larger than what is sampled',
    findings: ({ alignment: { minibatchSize, promptsPerRound } }) =>
      must(
        minibatchSize <= promptsPerRound,
        '/alignment/minibatchSize',
        minibatchSize,
        `at most ${promptsPerRound}, which is promptsPerRound`,
      ),
  },
  {
    states: 'responses that have not grown are no sign of a collapse',
    findings: ({ alignment: { collapse } }) =>
      must(
        collapse.lengthFactor > 1,
        '/alignment/collapse/lengthFactor',
        collapse.lengthFactor,
        'above 1',
        'it is a growth: 2 means twice as long',
      ),
  },
  {
    states: 'an algorithm that samples nothing has no settings of PPO',
    findings: ({ alignment }) =>
      ofSampling.map(({ key, off, advice }) =>
        must(
          alignment.algorithm !== 'modpo' || alignment[key] === off,
          `/alignment/${key}`,
          alignment[key],
          `${JSON.stringify(off)} where algorithm is "modpo"`,
          advice,
        ),
      ),
  },
];
