import { stages, type Stage } from '../../machines/protocol.js';
import { nonFiniteIn } from '../learning/params/finite.js';
import type { ParamSet } from '../learning/params/param-set.js';
import type { TaskKind, TaskResult } from '../learning/training/task.js';
import type { Scenario } from '../scenario/schema.js';
import { nameOf } from '../strategies/strategy.js';
import { namedFigures } from './figures.js';

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
export function requireFinite(
  scenario: Scenario,
  { stage, round, kind }: Origin,
  { metrics, output }: TaskResult,
): void {
  const found = nonFiniteFigure(metrics) ?? nonFiniteParameter(output);
  if (found === null) return;
  throw new Error(
    `${found}, expected finite numbers; likely ` +
      (kind === 'aggregate'
        ? `server.aggregation ${nameOf(scenario.server.aggregation)} makes it of finite updates`
        : likelyCause(scenario, stage, round)),
  );
}

function nonFiniteFigure(metrics: TaskResult['metrics']): string | null {
  const found = namedFigures(metrics).find(([, value]) => value !== null && !Number.isFinite(value));
  return found ? `${found[0]} is ${found[1]}` : null;
}

/** The first of all sets in a result, however deep they stand. */
function nonFiniteParameter(slot: unknown): string | null {
  if (typeof slot !== 'object' || slot === null) return null;
  if (isSet(slot)) return nonFiniteIn(slot);
  for (const inner of Object.values(slot)) {
    const found = nonFiniteParameter(inner);
    if (found !== null) return found;
  }
  return null;
}

function isSet(slot: object): slot is ParamSet {
  return 'values' in slot && slot.values instanceof Float32Array;
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
