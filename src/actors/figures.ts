import type { Stage } from '../../machines/protocol.js';
import type { Figure } from '../learning/training/figure.js';
import type { TaskKind } from '../learning/training/task.js';
import type { World } from './world.js';

/** A task's figures, by name or first by what they are about. */
export interface Figures {
  readonly [name: string]: Figure | Figures;
}

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

/** By the names of the records: `accuracy` of `helpful` is `helpfulAccuracy`. */
export function namedFigures(figures: Figures): (readonly [name: string, value: Figure])[] {
  return Object.entries(figures).flatMap(([name, value]) =>
    typeof value === 'number' || value === null
      ? [[name, value] as const]
      : namedFigures(value).map(
          ([inner, figure]) => [name + inner[0]!.toUpperCase() + inner.slice(1), figure] as const,
        ),
  );
}
