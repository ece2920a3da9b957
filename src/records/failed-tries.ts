import type { FailureCause } from '../learning/training/task-failure.js';
import type { RunEvent, RunObserver } from './run-event.js';
import type { TaskFailures } from './summary.js';

/** In words, of a number of tries. */
const phrases: Readonly<Record<FailureCause, string>> = {
  exit: 'a worker ended',
  memory: 'a worker ran out of memory',
  hang: 'a task hung',
  abort: 'a task was aborted',
  error: 'a task threw',
  poisoned: 'a result could not be one',
};

/** Counts the tries of tasks that failed, and keeps in words which clients crashed of them. */
export class FailedTries implements RunObserver {
  readonly #byCause = new Map<FailureCause, number>();
  readonly #crashes: string[] = [];
  #lastCause = '';
  #failed = 0;

  next(event: RunEvent): void {
    if (event.type === 'try-failed') {
      this.#byCause.set(event.how, 1 + (this.#byCause.get(event.how) ?? 0));
      if (event.last) this.#failed++;
    }
    if (event.type === 'task-finished' && event.error !== null) {
      this.#lastCause = `task ${event.task} of ${event.stage} round ${event.round}: ${event.error}`;
    }
    if (event.type === 'row' && event.row.type === 'presence' && event.row.cause === 'task-failed') {
      const { actor, virtualSeconds, on } = event.row;
      if (!on)
        this.#crashes.push(`${actor} crashed at ${virtualSeconds} s of virtual time: ${this.#lastCause}`);
    }
  }

  get summary(): TaskFailures {
    const tries = [...this.#byCause.values()].reduce((sum, count) => sum + count, 0);
    return {
      retried: tries - this.#failed,
      failed: this.#failed,
      byCause: Object.fromEntries(this.#byCause),
    };
  }

  /** What somebody should know of it, a sentence each. */
  get notes(): readonly string[] {
    const { retried } = this.summary;
    const causes = [...this.#byCause].map(([how, count]) => `${phrases[how]}: ${count}`).join(', ');
    return [
      ...(retried === 0
        ? []
        : [`${retried} tries of tasks failed and were made again, with the same seed (${causes})`]),
      ...this.#crashes,
    ];
  }
}
