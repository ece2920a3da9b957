import { UserError } from '../errors.js';
import type { Fingerprint } from '../learning/model/backend.js';
import { isLlama } from '../learning/model/llama.js';
import type { Scenario } from '../scenario/schema.js';
import { problemLine, type Problem } from '../settings/problem.js';
import type { Inputs } from './inputs.js';

type Asked = Pick<Scenario, 'name' | 'instruction' | 'model'>;
type Found = Pick<Inputs, 'language' | 'method'>;

/**
 * Holds what a scenario asks for against what computes it, before anything is written.
 *
 * @throws UserError naming what the executor has not got.
 */
export function checkExecutor(scenario: Asked, inputs: Found, { name }: Pick<Fingerprint, 'name'>): void {
  const problems = name === 'none' ? [] : (name === 'python' ? forPython : forTensorFlow)(scenario, inputs);
  if (problems.length === 0) return;
  throw new UserError(
    problems.map((problem) => problemLine(`scenario ${scenario.name}`, problem)).join('\n'),
  );
}

function forPython({ instruction }: Asked, { method }: Found): readonly Problem[] {
  const changes = method.slots.some(({ change }) => change !== undefined);
  return [
    ...(changes
      ? [
          {
            pointer: '/method',
            is: `is ${JSON.stringify(method.name)}`,
            expected: 'one that leaves the base model as it is, with --executor python',
          },
        ]
      : []),
    ...(instruction.loraDropout > 0
      ? [
          {
            pointer: '/instruction/loraDropout',
            is: `is ${instruction.loraDropout}`,
            expected: '0 with --executor python, which has no dropout',
          },
        ]
      : []),
  ];
}

function forTensorFlow({ model }: Asked, { language: { config } }: Found): readonly Problem[] {
  if (!isLlama(config)) return [];
  return [
    {
      pointer: '/model/path',
      is: `is ${JSON.stringify(model.path)}, a ${config.llama.model_type}`,
      expected: 'a GPT-2, or --executor python',
    },
  ];
}
