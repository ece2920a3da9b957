import { sum } from '../moments.js';
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

interface Crashes {
  times: number;
  readonly firstSeconds: number;
  readonly firstCause: string;
}

/** Counts the tries of tasks that failed, and keeps in words which clients crashed of them. */
export class FailedTries implements RunObserver {
  readonly #byCause = new Map<FailureCause, number>();
  readonly #crashes = new Map<string, Crashes>();
  #lastError = '';
  #failed = 0;

  next(event: RunEvent): void {
    if (event.type === 'try-failed') {
      this.#byCause.set(event.how, 1 + (this.#byCause.get(event.how) ?? 0));
      if (event.last) this.#failed++;
    } else if (event.type === 'task-finished' && event.error !== null) {
      this.#lastError = `task ${event.task} of ${event.stage} round ${event.round}: ${event.error}`;
    } else if (event.type === 'row' && event.row.type === 'presence') {
      const { cause, on, actor, virtualSeconds } = event.row;
      if (cause === 'task-failed' && !on) this.#crashed(actor, virtualSeconds);
    }
  }

  get summary(): TaskFailures {
    const failed = this.#failed;
    return { retried: this.#tries - failed, failed, byCause: Object.fromEntries(this.#byCause) };
  }

  /** What somebody should know of it, a sentence each. */
  get notes(): readonly string[] {
    if (this.#tries === 0) return [];
    const causes = [...this.#byCause].map(([how, count]) => `${phrases[how]}: ${count}`).join(', ');
    const given = this.#failed === 0 ? '' : `, but for ${this.#failed}, the last of their tasks`;
    return [
      `tries of tasks that failed: ${this.#tries} (${causes}); each was made again with its same seed${given}`,
      ...[...this.#crashes].map(
        ([client, { times, firstSeconds, firstCause }]) =>
          `${client} crashed because a task failed (${times}×), first at ${firstSeconds} s of virtual time: ${firstCause}`,
      ),
    ];
  }

  get #tries(): number {
    return sum([...this.#byCause.values()]);
  }

  #crashed(client: string, seconds: number): void {
    const crashes = this.#crashes.get(client);
    if (crashes) crashes.times++;
    else this.#crashes.set(client, { times: 1, firstSeconds: seconds, firstCause: this.#lastError });
  }
}
