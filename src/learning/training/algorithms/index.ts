import type { Scenario } from '../../../scenario/schema.js';
import type { TaskFunction } from '../task.js';
import { modpo } from './modpo.js';
import { ppo } from './ppo.js';
import { rewardedSoups } from './rewarded-soups.js';

/** How a client aligns its policy in Step 3.3, by the name that a scenario's `alignment.algorithm` gives. */
export const algorithms: Readonly<Record<Scenario['alignment']['algorithm'], TaskFunction<'align'>>> = {
  ppo,
  'rewarded-soups': rewardedSoups,
  modpo,
};
