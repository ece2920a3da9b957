import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { World } from '../../src/actors/world.js';
import { perObjective } from '../../src/learning/objective.js';
import { paramSet, tensorsOf, type ParamSet } from '../../src/learning/params/param-set.js';
import { openRun, type OpenRun } from '../../src/run/open-run.js';
import { packageRoot } from '../../src/paths.js';
import type { RunOptions } from '../../src/run/options.js';
import { loadScenario } from '../../src/scenario/load.js';
import { simulate, type Simulated } from '../../src/run/simulate.js';
import type { Executor } from '../../src/learning/training/executor.js';
import type { Ranking } from '../../src/learning/training/ranking.js';
import { aggregateBy } from '../../src/learning/training/aggregate.js';
import type { TaskKind, TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import { aggregations } from '../../src/strategies/aggregation/index.js';

/*
 * Whole runs of the tiny scenario without training: clients' tasks give their parameters back as they came, so
 * that the protocol can be tested by itself, and quickly. The server aggregates as ever.
 */

const ranking: Ranking = {
  loss: 1,
  accuracy: 0.5,
  calibrationError: 0,
  brierScore: 0.25,
  meanScore: 0,
  scoreStd: 0,
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
  reward: ({ params: { rewardModels } }) => ({
    output: { rewardModels },
    metrics: perObjective(() => ({ ...ranking, testLoss: 1 })),
  }),
  rewardTest: () => ({ output: {}, metrics: perObjective(() => ranking) }),
  freeze: ({ params: { rewardModels } }) => ({
    output: { critics: perObjective((objective) => asCritic(rewardModels[objective])) },
    metrics: perObjective(() => ({ mean: 0, std: 1 })),
  }),
  align: ({ params: { adapters, lora, critics } }) => ({
    output: { adapters, lora, critics },
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

export interface ProtocolOptions extends Pick<
  RunOptions,
  'executor' | 'observers' | 'onProgress' | 'signal' | 'strategies'
> {
  /** Does something with the run before its machines start. */
  readonly prepare?: (world: World) => void;
}

export interface ProtocolRun extends Simulated {
  readonly run: OpenRun;
}

/** Runs the tiny scenario with changes as on the command line. */
export async function protocolRun(
  set: readonly string[] = [],
  { prepare, ...options }: ProtocolOptions = {},
): Promise<ProtocolRun> {
  const { scenario, folder } = await loadScenario(join(packageRoot(), 'scenarios/tiny.json'), {
    set,
    ...(options.strategies && { strategies: options.strategies }),
  });
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
      prepare?.(run.world);
      return { run, ...(await simulate(run.world, options.signal)) };
    } finally {
      await run.close();
    }
  } finally {
    rmSync(outFolder, { recursive: true, force: true });
  }
}
