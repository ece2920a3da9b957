import type { Instruction } from '../learning/training/settings.js';
import type { TaskRequest } from '../learning/training/task.js';

/** What a task of Step 1.3 needs of a scenario's `instruction`: all but what says when rounds and the stage end. */
export function instructHyper({
  maxRounds,
  deadlineSeconds,
  convergence,
  targetAccuracy,
  optimizerState,
  privatePatience,
  ...hyper
}: Instruction): TaskRequest<'instruct'>['hyper'] {
  return hyper;
}
