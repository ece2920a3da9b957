import { greatest } from '../../extremes.js';
import type { TaskKind, TaskRequest } from './task.js';
import { taskFlops } from './task-flops.js';

/** A task may take so many times as long as the quickest of its kind would for as much work. */
const patience = 20;

/** So many times as long again where no task of its kind has ended yet: other kinds may be as much faster. */
const unlike = 10;

/** Seconds for an operation before any task has ended: a hundred million in a second, which every machine does. */
const slowest = 1e-8;

/** How long tasks take on this machine, and so how long one may take before it counts as hanging. */
export class Pace {
  /** Seconds for an operation of the quickest task: that one had the least to do besides, as starting its thread. */
  readonly #quickest = new Map<TaskKind, number>();

  /** A task has taken so many real seconds. */
  took(request: TaskRequest, seconds: number): void {
    const secondsPerFlop = seconds / taskFlops(request);
    const quickest = this.#quickest.get(request.kind) ?? Infinity;
    this.#quickest.set(request.kind, Math.min(quickest, secondsPerFlop));
  }

  /** Real seconds that a task may take by its work. */
  limitSeconds(request: TaskRequest): number {
    return patience * taskFlops(request) * this.#secondsPerFlop(request.kind);
  }

  #secondsPerFlop(kind: TaskKind): number {
    const own = this.#quickest.get(kind);
    if (own !== undefined) return own;
    const others = [...this.#quickest.values()];
    return others.length === 0 ? slowest : unlike * greatest(others);
  }
}
