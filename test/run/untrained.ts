import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paramSet, tensorsOf, type ParamSet } from '../../src/learning/params/param-set.js';
import { openRun, type OpenRun } from '../../src/run/open-run.js';
import { packageRoot } from '../../src/paths.js';
import type { RunOptions } from '../../src/run/options.js';
import { loadScenario } from '../../src/scenario/load.js';
import { simulate, type Simulated } from '../../src/run/simulate.js';
import type { Executor } from '../../src/learning/training/executor.js';
import type { RankingMetrics, TaskKind, TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import { aggregateBy } from '../../src/learning/training/aggregate.js';
import { aggregations } from '../../src/strategies/aggregation/index.js';

/*
 * Whole runs of the tiny scenario without training: clients' tasks give their parameters back as they came, so
 * that the protocol can be tested by itself, and quickly. The server aggregates as ever.
 */

const scale = { helpfulMean: 0, helpfulStd: 1, harmlessMean: 0, harmlessStd: 1 };

const ranking: RankingMetrics = {
  helpfulAccuracy: 0.5,
  harmlessAccuracy: 0.5,
  helpfulCalibrationError: 0,
  harmlessCalibrationError: 0,
  helpfulBrierScore: 0.25,
  harmlessBrierScore: 0.25,
  helpfulMeanScore: 0,
  harmlessMeanScore: 0,
  helpfulScoreStd: 0,
  harmlessScoreStd: 0,
};

const answers: {
  readonly [K in TaskKind]: (request: TaskRequest<K>) => TaskResult<K> | Promise<TaskResult<K>>;
} = {
  aggregate: aggregateBy(aggregations),
  instruct: ({ params: { adapters, lora } }) => ({
    output: { adapters, lora },
    metrics: { loss: 1, validationLoss: 1 },
  }),
  evaluate: () => ({ output: {}, metrics: { loss: 1, accuracy: 0.5, sharedAccuracy: 0.25 } }),
  reward: ({ params: { helpful, harmless } }) => ({
    output: { helpful, harmless },
    metrics: {
      helpfulLoss: 1,
      harmlessLoss: 1,
      helpfulTestLoss: 1,
      harmlessTestLoss: 1,
      ...ranking,
    },
  }),
  rewardTest: () => ({
    output: {},
    metrics: { helpfulLoss: 1, harmlessLoss: 1, ...ranking },
  }),
  freeze: ({ params: { helpful, harmless } }) => ({
    output: { helpfulCritic: asCritic(helpful), harmlessCritic: asCritic(harmless) },
    metrics: scale,
  }),
  align: ({ params: { adapters, lora, helpfulCritic, harmlessCritic } }) => ({
    output: { adapters, lora, helpfulCritic, harmlessCritic },
    metrics: { 'objective/rlhf_reward': 0 },
  }),
  score: () => ({
    output: {},
    metrics: { helpful: 0, harmless: 0, klK1: 0, klK3: 0, length: 1, ended: 1 },
    responses: [],
  }),
};

function asCritic(reward: ParamSet): ParamSet {
  return paramSet('critic', [...tensorsOf(reward)]);
}

/** Answers at once; `disturb` may throw in a task's place. */
export function untrainedExecutor(disturb: (request: TaskRequest) => void = () => {}): Executor {
  return {
    async run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
      await Promise.resolve();
      disturb(request);
      return answers[request.kind](request);
    },
    fingerprint: () =>
      Promise.resolve({ name: 'wasm', version: 'none', cpuFeatures: [], nodeMajor: 0, why: 'no training' }),
    close: () => Promise.resolve(),
  };
}

export interface ProtocolRun extends Simulated {
  readonly run: OpenRun;
}

/** Runs the tiny scenario with changes as on the command line. */
export async function protocolRun(
  set: readonly string[] = [],
  options: Pick<RunOptions, 'executor' | 'observers' | 'onProgress' | 'signal'> = {},
): Promise<ProtocolRun> {
  const { scenario, folder } = await loadScenario(join(packageRoot(), 'scenarios/tiny.json'), { set });
  const outFolder = mkdtempSync(join(tmpdir(), 'pwff-'));
  try {
    const executor = untrainedExecutor();
    const run = await openRun({
      scenario,
      folder,
      outFolder,
      workers: 1,
      backend: 'wasm',
      executor,
      ...options,
    });
    try {
      return { run, ...(await simulate(run.world, options.signal)) };
    } finally {
      await run.close();
    }
  } finally {
    rmSync(outFolder, { recursive: true, force: true });
  }
}
