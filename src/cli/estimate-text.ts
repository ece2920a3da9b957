import { sum } from '../moments.js';
import { duration } from '../records/report/format.js';
import type { RunEstimate } from '../run/estimate.js';

/** "About 2 min 10 s of computing on 2 workers: instruction 20 s, reward 8 s, alignment 1 min 42 s". */
export function estimateText({ seconds }: RunEstimate, workers: number): string {
  const stages = Object.entries(seconds).map(([stage, each]) => `${stage} ${duration(each)}`);
  const total = duration(sum(Object.values(seconds)));
  return `About ${total} of computing on ${workers} ${workers === 1 ? 'worker' : 'workers'}: ${stages.join(', ')}`;
}
