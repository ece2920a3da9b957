import { greatest } from '../../extremes.js';
import type { TaskKind, TaskRequest } from './task.js';
import { taskFlops } from './task-flops.js';

/** A task may take so many times as long as others of its kind took for as much work. */
const patience = 20;

/** So many times as long again where no task of its kind has ended yet: other kinds may be as much faster. */
const unlike = 10;

/** Seconds for an operation before any task has ended: a hundred million in a second, which every machine does. */
const slowest = 1e-8;

/** How long tasks take on this machine, and so how long one may take before it counts as hanging. */
export class Pace {
  readonly #spent = new Map<TaskKind, { seconds: number; flops: number }>();

  /** A task has taken so many real seconds. */
  took(request: TaskRequest, seconds: number): void {
    const spent = this.#spent.get(request.kind) ?? { seconds: 0, flops: 0 };
    spent.seconds += seconds;
    spent.flops += taskFlops(request);
    this.#spent.set(request.kind, spent);
  }

  /** Real seconds that a task may take by its work. */
  limitSeconds(request: TaskRequest): number {
    return patience * taskFlops(request) * this.#secondsPerFlop(request.kind);
  }

  #secondsPerFlop(kind: TaskKind): number {
    const own = this.#spent.get(kind);
    if (own) return own.seconds / own.flops;
    const others = [...this.#spent.values()].map(({ seconds, flops }) => seconds / flops);
    return others.length === 0 ? slowest : unlike * greatest(others);
  }
}
