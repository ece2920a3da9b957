import { found, must, type Rule } from '../settings/rule.js';
import type { Scenario } from './schema.js';

/*
 * Relations between the algorithm of the alignment and the settings that are about another one.
 */

/** Settings of PPO alone, and the value that leaves each of them out. */
const ofSampling: readonly {
  readonly key: keyof Scenario['alignment'];
  readonly off: unknown;
  readonly advice: string;
}[] = [
  { key: 'klControl', off: 'fixed', advice: 'its tie to the frozen policy is /alignment/dpoBeta' },
  { key: 'targetKl', off: null, advice: 'it samples nothing that a divergence could be measured on' },
  { key: 'criticWarmupSteps', off: 0, advice: 'it has no critics to train' },
  { key: 'ptxCoefficient', off: 0, advice: 'only PPO rehearses' },
];

/** To be spread into the rules of a scenario. */
export const alignmentAlgorithmRules: readonly Rule[] = [
  {
    states: 'an algorithm that samples nothing has no settings of PPO',
    problems: ({ alignment }) =>
      ofSampling.flatMap(({ key, off, advice }) =>
        found(
          must(
            alignment.algorithm !== 'modpo' || alignment[key] === off,
            `/alignment/${key}`,
            alignment[key],
            `${JSON.stringify(off)} where algorithm is "modpo"`,
            advice,
          ),
        ),
      ),
  },
];
