// The one place below the command line with timers of real time: a task that hangs is known by nothing else.
import { setTimeout as after, clearTimeout } from 'node:timers';
import { isDeepStrictEqual } from 'node:util';
import { messageOf, UserError } from '../../errors.js';
import type { Executor } from './executor.js';
import { nonFiniteOf } from './finite-result.js';
import { Pace } from './pace.js';
import { misfitOf } from './result-form.js';
import type { TaskKind, TaskRequest, TaskResult } from './task.js';
import { TaskFailed, TryFailed, type FailedTry, type FailureCause } from './task-failure.js';

export interface Supervision {
  /** How often a task that failed is tried again. */
  readonly retries: number;
  /** Real seconds that a task may take whatever its work. */
  readonly leastSeconds: number;
  /** Hears of each try that failed, as it fails. */
  readonly onFailure: (failure: FailedTry) => void;
}

/**
 * An executor that survives its workers. A task whose thread dies, runs out of memory or hangs, that throws, or whose
 * result cannot be one, is tried again with the same request, so with the same seed; what comes of it is the same as if
 * nothing had happened. A task that failed as often as it may rejects with `TaskFailed`. A `UserError` is rejected at once.
 *
 * A result whose numbers are not finite counts only where another try gives the same, bit for bit: then it is the
 * training that has diverged.
 */
export function supervised(executor: Executor, { retries, leastSeconds, onFailure }: Supervision): Executor {
  const pace = new Pace();
  let closed = false;

  /** One try, timed from where its work begins; each has twice the time of the one before. */
  async function attempted<K extends TaskKind>(request: TaskRequest<K>, attempt: number) {
    const limitSeconds = 2 ** (attempt - 1) * Math.max(leastSeconds, pace.limitSeconds(request));
    const watch = new Watch(limitSeconds);
    try {
      const result = await Promise.race([executor.run(request, watch), watch.expired]);
      const problem = misfitOf(request, result);
      if (problem !== null) throw new TryFailed('poisoned', problem);
      if (watch.seconds !== null) pace.took(request, watch.seconds);
      return result;
    } finally {
      watch.stop();
    }
  }

  async function run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
    const tries: FailedTry[] = [];
    const diverged: TaskResult<K>[] = [];
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await attempted(request, attempt);
        const problem = nonFiniteOf(result);
        const isConfirmed = diverged.some((earlier) => isDeepStrictEqual(earlier, result));
        if (problem === null || isConfirmed || retries === 0) return result;
        diverged.push(result);
        throw new TryFailed('poisoned', problem);
      } catch (error) {
        if (closed || error instanceof UserError) throw error;
        const last = attempt > retries;
        const { kind: task, key } = request;
        tries.push({ task, key, how: causeOf(error), message: messageOf(error), attempt, last });
        onFailure(tries.at(-1)!);
        if (last) throw new TaskFailed(tries, error instanceof Error ? { cause: error.cause } : {});
      }
    }
  }

  /** A worker that dies as it starts is asked again, as one that dies under a task. */
  async function fingerprint(): ReturnType<Executor['fingerprint']> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await executor.fingerprint();
      } catch (error) {
        if (closed || error instanceof UserError || attempt > retries) throw error;
      }
    }
  }

  return {
    run,
    fingerprint,
    close: () => {
      closed = true;
      return executor.close();
    },
  };
}

/** The longest that a timer can wait, some 24 days. */
const longestMilliseconds = 2 ** 31 - 1;

/** Ends a try that takes longer than its limit. */
class Watch {
  #controller: AbortController | undefined;
  readonly #limitSeconds: number;
  #begunAt: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #expire!: (cause: TryFailed) => void;

  /** Rejects when the limit is over. */
  readonly expired = new Promise<never>((_, reject) => (this.#expire = reject));

  constructor(limitSeconds: number) {
    this.#limitSeconds = limitSeconds;
  }

  /** Made when it is asked for: what runs in this thread cannot be aborted. */
  get signal(): AbortSignal {
    return (this.#controller ??= new AbortController()).signal;
  }

  /** Real seconds since the work began; null where nobody has said that it did. */
  get seconds(): number | null {
    return this.#begunAt === null ? null : (performance.now() - this.#begunAt) / 1e3;
  }

  readonly begun = (): void => {
    if (this.#begunAt !== null) return;
    this.#begunAt = performance.now();
    const expire = () => {
      this.#expire(new TryFailed('hang', `has not ended within ${this.#limitSeconds.toPrecision(3)} s`));
      this.#controller?.abort();
    };
    this.#timer = after(expire, Math.min(1e3 * this.#limitSeconds, longestMilliseconds));
    // Whoever works on the task keeps the process alive, not the waiting for it.
    this.#timer.unref();
  };

  stop(): void {
    clearTimeout(this.#timer);
  }
}

function causeOf(error: unknown): FailureCause {
  if (error instanceof TryFailed) return error.how;
  return error instanceof Error && error.name === 'AbortError' ? 'abort' : 'error';
}
