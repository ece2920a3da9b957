import type { Stage } from '../../machines/protocol.js';
import { namedFigures, type Figures } from '../learning/training/figure.js';
import type { TaskKind } from '../learning/training/task.js';
import type { World } from './world.js';

/** Whose figures they are, and when they were asked for. */
interface Occasion {
  readonly actor: string;
  readonly stage: Stage;
  readonly round: number;
  readonly request: { readonly kind: TaskKind };
}

/** Records that an actor enters a step of the paper. */
export function recordStep(world: World, step: string, actor: string, round: number): void {
  world.record({ type: 'step', step, actor, round, virtualSeconds: world.clock.nowSeconds });
}

/** Writes a task's figures. */
export function recordFigures(
  world: World,
  { actor, stage, round, request }: Occasion,
  figures: Figures,
): void {
  world.record({
    type: 'client',
    stage,
    round,
    actor,
    virtualSeconds: world.clock.nowSeconds,
    task: request.kind,
    metrics: Object.fromEntries(namedFigures(figures)),
  });
}
