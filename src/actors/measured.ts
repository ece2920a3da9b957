import type { Stage } from '../../machines/protocol.js';
import type { Figures } from '../learning/training/figure.js';
import type { TaskKind, TaskRequest, TaskResult } from '../learning/training/task.js';
import { runOnDevice } from './device-work.js';
import { recordFigures } from './figures.js';
import type { World } from './world.js';

/** Runs a task beside the machines and writes its figures when the client's device would have them. */
export function measured<K extends TaskKind>(
  world: World,
  actor: string,
  stage: Stage,
  round: number,
  flops: number,
  request: Omit<TaskRequest<K>, 'key' | 'model'>,
  figures: (result: TaskResult<K>) => Figures,
): void {
  const job = { actor, stage, round, flops, request };
  runOnDevice<K>(world, job)
    .then((result) => recordFigures(world, job, figures(result)))
    .catch((cause: unknown) => world.failure.report(cause));
}
