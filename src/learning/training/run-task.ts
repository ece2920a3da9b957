import * as tf from '@tensorflow/tfjs';
import { foldedTensors } from '../model/folded.js';
import { cachedTensors } from '../model/weights.js';
import { aggregations } from '../../strategies/aggregation/index.js';
import { combinations } from '../../strategies/combination/index.js';
import { aggregateBy } from './aggregate.js';
import { align } from './align.js';
import { evaluate } from './evaluate.js';
import { freeze } from './freeze.js';
import { generalize, interpolate } from './generalize.js';
import { instruct } from './instruct.js';
import { perplexity } from './perplexity.js';
import { rewardTest } from './reward-test.js';
import { rescore } from './rescore.js';
import { reward } from './reward.js';
import { score } from './score.js';
import type { TaskFunction, TaskKind, TaskRequest, TaskResult } from './task.js';

const tasks: { readonly [K in TaskKind]: TaskFunction<K> } = {
  aggregate: aggregateBy({ ...aggregations, ...combinations }),
  instruct,
  evaluate,
  generalize,
  interpolate,
  perplexity,
  reward,
  rewardTest,
  freeze,
  align,
  score,
  rescore,
};

/** Runs a task and holds it to its word: it must leave as many tensors behind as it found. */
export async function runTask<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
  const before = ownTensors();
  const result = await tasks[request.kind](request);
  const after = ownTensors();
  if (after !== before) throw new Error(`task ${request.kind}: found ${before} tensors and left ${after}`);
  return result;
}

/** Tensors besides those of the base models that the thread keeps for its next tasks. */
function ownTensors(): number {
  return tf.memory().numTensors - cachedTensors() - foldedTensors();
}
