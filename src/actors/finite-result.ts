import { stages, type Stage } from '../../machines/protocol.js';
import { nonFiniteOf } from '../learning/training/finite-result.js';
import type { TaskKind, TaskResult } from '../learning/training/task.js';
import type { Scenario } from '../scenario/schema.js';
import { nameOf } from '../strategies/strategy.js';

/** Whose result it is. */
interface Origin {
  readonly stage: Stage;
  readonly round: number;
  readonly kind: TaskKind;
}

/**
 * Throws where a figure of a task's result or a parameter that it gives back is NaN or infinite: training that
 * diverged must not go on as numbers. What could not be measured is null, and passes.
 */
export function requireFinite(scenario: Scenario, { stage, round, kind }: Origin, result: TaskResult): void {
  const found = nonFiniteOf(result);
  if (found === null) return;
  throw new Error(
    `${found}, expected finite numbers; likely ` +
      (kind === 'aggregate'
        ? `server.aggregation ${nameOf(scenario.server.aggregation)} makes it of finite updates`
        : likelyCause(scenario, stage, round)),
  );
}

/**
 * What is most often behind a number that is not finite: the training of its stage, before the first round that
 * of the stage before.
 */
export function likelyCause(scenario: Scenario, stage: Stage, round: number): string {
  const trained = round > 0 ? stage : stages[stages.indexOf(stage) - 1];
  if (trained === undefined) return 'the weights of the model are too large';
  const { criticLearningRate } = scenario.alignment;
  const ofCritics = trained === 'alignment' ? ` or alignment.criticLearningRate ${criticLearningRate}` : '';
  return `${trained}.learningRate ${scenario[trained].learningRate}${ofCritics} is too large`;
}
