import type { Stage } from '../../machines/protocol.js';
import type { Rule } from '../settings/rule.js';
import { shown } from '../settings/problem.js';

export const stageRules: readonly Rule<{
  readonly stages: readonly Stage[];
  readonly from: string | null;
  readonly model: { readonly fromPeft: string | null };
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
  {
    states: 'a LoRA of PEFT is where instruction tuning begins, and no other',
    findings: ({ stages, from, model: { fromPeft } }) =>
      fromPeft !== null &&
      (from !== null || stages[0] !== 'instruction') && {
        pointer: '/model/fromPeft',
        is: `is ${shown(fromPeft)}`,
        expected:
          from === null
            ? 'null in a run without "instruction"'
            : 'null in a run that begins with that of /from',
      },
  },
];
