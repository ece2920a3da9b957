import type { TaskFunction } from '../task.js';
import { modpo } from './modpo.js';
import { ppo } from './ppo.js';
import { rewardedSoups } from './rewarded-soups.js';
import type { Alignment } from './settings.js';

/** How a client aligns its policy in Step 3.3, by the name that a scenario's `alignment.algorithm` gives. */
export const algorithms: Readonly<Record<Alignment['algorithm'], TaskFunction<'align'>>> = {
  ppo,
  'rewarded-soups': rewardedSoups,
  modpo,
};
