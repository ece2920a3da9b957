import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { World } from '../../src/actors/world.js';
import { perObjective } from '../../src/learning/objective.js';
import { openRunWithRows, type OpenRunWithRows } from '../../src/run/open-with-rows.js';
import { packageRoot } from '../../src/paths.js';
import type { RunOptions } from '../../src/run/options.js';
import type { Definition } from '../../src/script/define.js';
import { loadScenario } from '../../src/scenario/load.js';
import { simulate, type Simulated } from '../../src/run/simulate.js';
import type { Executor } from '../../src/learning/training/executor.js';
import type { Ranking } from '../../src/learning/training/ranking.js';
import { stubExecutor } from '../../src/learning/training/stub-executor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../../src/learning/training/task.js';

/*
 * Whole runs of the tiny scenario without training, so that the protocol can be tested by itself, and quickly:
 * the tasks are those of `learning` "stub", but with figures and without noise. The server aggregates as ever.
 */

const ranking: Ranking = {
  loss: 1,
  accuracy: 0.5,
  calibrationError: 0,
  brierScore: 0.25,
  meanScore: 0,
  scoreStd: 0,
};

/** What a client was to train comes back as it was: a test can tell whose parameters are where. */
function unmoved<K extends TaskKind>({ kind, params }: TaskRequest<K>, output: TaskResult<K>['output']) {
  if (kind === 'aggregate') return output;
  const parts = Object.keys(output).filter((part) => part in params) as (keyof typeof params)[];
  return { ...output, ...Object.fromEntries(parts.map((part) => [part, params[part]])) };
}

/** What the tasks would have measured, where a test needs figures. */
const figures: { readonly [K in TaskKind]?: Omit<TaskResult<K>, 'output'> } = {
  aggregate: { metrics: {} },
  instruct: { metrics: { loss: 1, validationLoss: 1 } },
  evaluate: {
    metrics: { loss: 1, accuracy: 0.5, factAccuracy: 0.25, unseenAccuracy: 0.75, sharedAccuracy: 0.25 },
  },
  reward: { metrics: perObjective(() => ({ ...ranking, validationLoss: 1 })) },
  rewardTest: { metrics: perObjective(() => ranking) },
  freeze: { metrics: perObjective(() => ({ mean: 0, std: 1 })) },
  align: { metrics: { 'objective/rlhf_reward': 0 } },
  score: { metrics: { helpful: 0, harmless: 0, klK1: 0, klK3: 0, length: 1, ended: 1 } },
  rescore: { metrics: {} },
};

const isScore = (request: TaskRequest): request is TaskRequest<'score'> => request.kind === 'score';

/** An empty response to each prompt. */
const wordless = ({ data: { prompts } }: TaskRequest<'score'>) =>
  Array.from({ length: prompts.count }, () => new Int32Array());

/** Stub tasks with figures of their own; `disturb` may throw in a task's place. */
export function untrainedExecutor(disturb: (request: TaskRequest) => void = () => {}): Executor {
  const stub = stubExecutor();
  return {
    async run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
      await Promise.resolve();
      disturb(request);
      const { output, metrics } = await stub.run(request);
      return {
        metrics,
        ...figures[request.kind],
        ...(isScore(request) && { responses: wordless(request) }),
        output: unmoved(request, output),
      };
    },
    fingerprint: () => stub.fingerprint(),
    close: () => stub.close(),
  };
}

export interface ProtocolOptions extends Pick<
  RunOptions,
  'executor' | 'inspect' | 'observers' | 'onProgress' | 'signal' | 'strategies'
> {
  /** In place of the tiny scenario. */
  readonly definition?: Definition;
  /** Does something with the run before its machines start. */
  readonly prepare?: (world: World) => void;
}

export interface ProtocolRun extends Simulated {
  readonly run: OpenRunWithRows;
}

/** Runs the tiny scenario with changes as on the command line. */
export async function protocolRun(
  set: readonly string[] = [],
  { prepare, ...options }: ProtocolOptions = {},
): Promise<ProtocolRun> {
  const { definition, ...rest } = options;
  const source = definition ?? join(packageRoot(), 'scenarios/tiny.json');
  const { scenario, folder, script } = await loadScenario(source, {
    set,
    ...(options.strategies && { strategies: options.strategies }),
  });
  const outFolder = mkdtempSync(join(tmpdir(), 'pwff-'));
  try {
    const executor = untrainedExecutor();
    const run = await openRunWithRows({
      scenario,
      folder,
      outFolder,
      workers: 1,
      backend: 'wasm',
      executor,
      journal: 'none',
      script,
      ...rest,
    });
    try {
      prepare?.(run.world);
      return { run, ...(await simulate(run.world, { script, ...rest })) };
    } finally {
      await run.close();
    }
  } finally {
    rmSync(outFolder, { recursive: true, force: true });
  }
}
