import { stream } from '../../simulation/random/stream.js';
import { aggregations } from '../../strategies/aggregation/index.js';
import { combinations } from '../../strategies/combination/index.js';
import { mapValues } from '../../map-values.js';
import type { TunedSets } from '../model/slots.js';
import { perObjective } from '../objective.js';
import { paramSet, tensorsOf, type ParamSet } from '../params/param-set.js';
import { aggregateBy } from './aggregate.js';
import type { Executor } from './executor.js';
import type { Measurement } from './measurement.js';
import type { Ranking } from './ranking.js';
import { scaleOfScores } from './reward-scale.js';
import type { TaskKind, TaskRequest, TaskResult } from './task.js';

/** Standard deviation of what a stub task adds to each tensor: well within what float16 tells apart. */
const shift = 1e-3;

/** A set with each tensor moved as a whole, by a draw that follows from the task's seed. */
function moved(set: ParamSet, seed: string, part: string): ParamSet {
  const draw = stream(seed, 'stub', part);
  const tensors = [...tensorsOf(set)].map(({ name, shape, values }) => {
    const step = shift * draw.normal();
    return { name, shape, values: values.map((value) => value + step) };
  });
  return paramSet(set.kind, tensors);
}

const allMoved = (sets: TunedSets, seed: string): TunedSets =>
  mapValues(sets, (set, part) => moved(set, seed, part));

const notMeasured: Measurement = { loss: null, accuracy: null, contentAccuracy: null };

const unmeasured: Ranking = {
  loss: null,
  accuracy: null,
  calibrationError: null,
  brierScore: null,
  meanScore: null,
  scoreStd: null,
};

const tasks: {
  readonly [K in TaskKind]: (request: TaskRequest<K>) => TaskResult<K> | Promise<TaskResult<K>>;
} = {
  aggregate: aggregateBy({ ...aggregations, ...combinations }),
  instruct: ({ seed, params: { tuned } }) => ({
    output: { tuned: allMoved(tuned, seed) },
    metrics: { loss: null, validationLoss: null },
  }),
  evaluate: () => ({
    output: {},
    metrics: { loss: null, accuracy: null, factAccuracy: null, unseenAccuracy: null, sharedAccuracy: null },
  }),
  generalize: ({ data }) => ({
    output: {},
    metrics: mapValues(data, () => notMeasured),
  }),
  interpolate: ({ data, hyper: { mixtures } }) => ({
    output: {},
    metrics: mapValues(mixtures, () => mapValues(data, () => notMeasured)),
  }),
  perplexity: () => ({ output: {}, metrics: { textLoss: null, perplexity: null } }),
  reward: ({ seed, params: { rewardModels } }) => ({
    output: { rewardModels: perObjective((objective) => moved(rewardModels[objective], seed, objective)) },
    metrics: perObjective(() => ({ ...unmeasured, validationLoss: null })),
  }),
  rewardTest: () => ({ output: {}, metrics: perObjective(() => unmeasured) }),
  freeze: ({ params: { rewardModels } }) => ({
    output: {
      critics: perObjective((objective) => paramSet('critic', [...tensorsOf(rewardModels[objective])])),
      scale: perObjective(() => scaleOfScores(new Float32Array(0))),
    },
    metrics: perObjective(() => ({ mean: null, std: null })),
  }),
  align: ({ seed, params: { tuned, critics } }) => ({
    output: {
      tuned: allMoved(tuned, seed),
      critics: perObjective((objective) => moved(critics[objective], seed, objective)),
    },
    metrics: {},
  }),
  score: () => ({
    output: {},
    metrics: { helpful: null, harmless: null, klK1: null, klK3: null, length: null, ended: null },
  }),
  rescore: () => ({ output: {}, metrics: {} }),
};

/**
 * Runs a protocol without learning, for `learning` "stub": what a client would train moves by a little noise
 * that follows from the task's seed, so that aggregation, which runs as ever, has something to aggregate. Every
 * figure is null, for nothing is trained and nothing is measured.
 */
export function stubExecutor(): Executor {
  return {
    async run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
      await Promise.resolve();
      return tasks[request.kind](request);
    },
    fingerprint: () =>
      Promise.resolve({
        name: 'none',
        version: 'none',
        cpuFeatures: [],
        nodeMajor: Number(process.versions.node.split('.')[0]),
        why: 'learning is stub: nothing is trained',
      }),
    close: () => Promise.resolve(),
  };
}
