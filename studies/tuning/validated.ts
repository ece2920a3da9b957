import type { TokenTable } from '../../src/learning/data/token-table.js';
import type { Executor } from '../../src/learning/training/executor.js';
import { taskRequest } from '../../src/learning/training/request.js';
import type { TaskKind, TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import type { FiguresOfRows } from '../../src/records/run-figures.js';
import { openRun } from '../../src/run/open-run.js';
import { simulate } from '../../src/run/simulate.js';
import type { LoadedScenario } from '../../src/scenario/load.js';
import { inFolder } from '../one-run.js';
import type { ValidationFigures } from './choice.js';

/**
 * A run of stage 1 whose clients are measured on their validation rows in place of their test rows: what is chosen by
 * these figures has not seen what it is judged by.
 */
export function validated(
  { scenario, folder }: LoadedScenario,
  executor: Executor,
): Promise<ValidationFigures> {
  return inFolder(async (outFolder) => {
    const rows = new Map<string, TokenTable>();
    const run = await openRun({
      ...{ scenario, folder, outFolder, workers: 1, backend: 'wasm' },
      executor: onRows(rows, executor),
    });
    try {
      const clients = [...run.world.clients.values()];
      for (const { tables } of clients) rows.set(tables.test.hash, tables.validation);
      const { ended } = await simulate(run.world);
      if (ended.reason !== 'finished') throw new Error(`the run ended: ${ended.reason}`);
      return figuresOf(run.figures.upTo(run.world.clock.nowSeconds));
    } finally {
      await run.close();
    }
  });
}

/** An executor that measures on the rows which stand for the test rows, by the hash of these. */
function onRows(rows: ReadonlyMap<string, TokenTable>, executor: Executor): Executor {
  return {
    run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
      const swapped = isEvaluation(request) ? (onOwnRows(request, rows) as TaskRequest<K>) : request;
      return executor.run(swapped);
    },
    fingerprint: () => executor.fingerprint(),
    close: () => Promise.resolve(),
  };
}

function isEvaluation(request: TaskRequest): request is TaskRequest<'evaluate'> {
  return request.kind === 'evaluate';
}

function onOwnRows(
  { key: _, ...request }: TaskRequest<'evaluate'>,
  rows: ReadonlyMap<string, TokenTable>,
): TaskRequest<'evaluate'> {
  const test = rows.get(request.data.test.hash);
  if (test === undefined) throw new Error('a client is measured on rows that are no test rows');
  return taskRequest<'evaluate'>({ ...request, data: { ...request.data, test } });
}

function figuresOf({ stages: { instruction } }: FiguresOfRows): ValidationFigures {
  if (instruction?.heldOutLoss == null || instruction.accuracy === null) {
    throw new Error('nothing was measured on validation rows');
  }
  return { loss: instruction.heldOutLoss, accuracy: instruction.accuracy };
}
