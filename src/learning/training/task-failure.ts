import type { TaskRequest } from './task.js';

/**
 * How a try of a task failed: its thread ended, ran out of memory, or took longer than its limit; somebody gave the
 * task up; it threw; or what it gave back cannot be its result.
 */
export type FailureCause = 'exit' | 'memory' | 'hang' | 'abort' | 'error' | 'poisoned';

/** A failure of a named cause; an executor throws one where it knows better than "error". */
export class TryFailed extends Error {
  override readonly name = 'TryFailed';

  constructor(
    readonly how: FailureCause,
    message: string,
  ) {
    super(message);
  }
}

/** A try of a task that came to nothing. */
export interface FailedTry {
  readonly task: TaskRequest['kind'];
  /** SHA-256 of everything that the result depends on. */
  readonly key: string;
  readonly how: FailureCause;
  readonly message: string;
  /** From 1. */
  readonly attempt: number;
  /** Whether the task is given up with it. */
  readonly last: boolean;
}

/** A task that failed as often as it was tried, in the words of its last try. */
export class TaskFailed extends Error {
  override readonly name = 'TaskFailed';

  constructor(tries: readonly FailedTry[], options?: ErrorOptions) {
    const { key, message } = tries.at(-1)!;
    const causes = [...new Set(tries.map(({ how }) => how))].join(', ');
    const times = tries.length === 1 ? 'once' : `${tries.length} times`;
    super(`${message} (tried ${times}: ${causes}; key ${key.slice(0, 16)})`, options);
  }
}
