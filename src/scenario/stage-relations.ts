import type { Stage } from '../../machines/protocol.js';
import type { Rule } from '../settings/rule.js';
import { shown } from '../settings/problem.js';

export const stageRules: readonly Rule<{
  readonly stages: readonly Stage[];
  readonly from: string | null;
}>[] = [
  {
    states: 'alignment has a tuned model to begin with',
    findings: ({ stages, from }) =>
      stages[0] !== 'instruction' &&
      stages.includes('alignment') &&
      from === null && {
        pointer: '/stages',
        is: `is ${shown(stages)}`,
        expected: 'to begin with "instruction", which alignment needs the parameters of',
        advice: 'or name in /from the folder of a run that has been through it',
      },
  },
];
