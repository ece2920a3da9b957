import { hasRewardModels } from '../../../machines/protocol.js';
import { must, type Rule } from '../../settings/rule.js';
import { objectives } from '../objective.js';
import type { Dealing } from './settings.js';

export const dataRules: readonly Rule<Dealing>[] = [
  {
    states: 'stages 2 and 3 have preference pairs to learn from',
    findings: ({ stages, data: { files } }) => {
      if (files === null || !hasRewardModels(stages)) return false;
      const missing = objectives.filter((objective) => files[objective] === undefined);
      if (missing.length === 0) return false;
      return {
        pointer: '/data/files',
        is: `has no ${missing.join(' and no ')}`,
        expected: 'files of preference pairs, which stages 2 and 3 learn from',
        advice: 'for stage 1 alone set /stages to ["instruction"]',
      };
    },
  },
  {
    states: 'newcomers come to what was tuned',
    findings: ({ stages, clients: { newcomers = 0 } }) =>
      must(
        newcomers === 0 || stages.some((stage) => stage !== 'reward'),
        '/clients/newcomers',
        newcomers,
        '0 where /stages tunes no language model',
      ),
  },
  {
    states: 'rows are pooled in one place',
    findings: ({ clients: { count }, data: { pooledFrom } }) =>
      must(
        pooledFrom === null || count === 1,
        '/clients/count',
        count,
        '1 where /data/pooledFrom is given: that client holds the rows of all',
      ),
  },
  {
    states: 'each fact is taught to some clients and unknown to another',
    findings: ({ clients, data: { files, pooledFrom, synthetic } }) => {
      const count = pooledFrom ?? clients.count;
      return must(
        files !== null ||
          synthetic.facts === 0 ||
          synthetic.factHolders === null ||
          synthetic.factHolders < count,
        '/data/synthetic/factHolders',
        synthetic.factHolders,
        `at most ${count - 1}, one less than the clients, so that every fact is unknown to somebody`,
        'or leave it out, or set /data/synthetic/facts to 0',
      );
    },
  },
  {
    states: 'shares of the training rows add up to no more than all of them',
    findings: ({ data: { synthetic } }) =>
      must(
        synthetic.factShare + synthetic.sensitiveShare <= 1,
        '/data/synthetic/factShare',
        synthetic.factShare,
        `at most ${Number((1 - synthetic.sensitiveShare).toPrecision(12))}, what sensitiveShare leaves`,
      ),
  },
];
