import type { Job as QueueJob, Queue, QueueEvents } from 'bullmq';
import { isOutage } from './patiently.js';
import { failureOf, type JobFailure } from './job.js';

/** How a job came to its end; "gone" where the queue does not know it: somebody removed it, or it lost its memory. */
export type Settled<R> =
  | { readonly end: 'completed'; readonly outcome: R }
  | { readonly end: 'failed'; readonly failure: JobFailure }
  | { readonly end: 'gone' };

interface Waiting<R> {
  readonly begun: () => void;
  readonly settle: (settled: Settled<R>) => void;
  readonly reject: (cause: unknown) => void;
}

const askedEveryMs = 1000;

/** Waits for jobs: by the queue's events, and by asking once a second, since events are lost while the server is away. */
export class JobWatch<R> {
  readonly #queue: Queue;
  readonly #waiting = new Map<string, Set<Waiting<R>>>();
  readonly #timer: NodeJS.Timeout;
  #isAsking = false;

  /** Whoever opened the two closes them. */
  constructor(queue: Queue, events: QueueEvents) {
    this.#queue = queue;
    const hear = ({ jobId }: { readonly jobId: string }) => {
      if (this.#waiting.has(jobId)) void this.#ask(jobId);
    };
    for (const name of ['active', 'completed', 'failed', 'removed'] as const) events.on(name, hear);
    this.#timer = setInterval(() => void this.#askAll(), askedEveryMs);
  }

  /** `begun` is called, once at least, when a worker has taken the job. Rejects with what the server refuses. */
  settled(id: string, begun: () => void): Promise<Settled<R>> {
    return new Promise((settle, reject) => {
      const waiting = this.#waiting.get(id) ?? new Set();
      this.#waiting.set(id, waiting.add({ begun, settle, reject }));
      void this.#ask(id);
    });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#waiting.clear();
  }

  async #askAll(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    for (const id of [...this.#waiting.keys()]) await this.#ask(id);
    this.#isAsking = false;
  }

  async #ask(id: string): Promise<void> {
    try {
      const job = (await this.#queue.getJob(id)) as QueueJob<unknown, R> | undefined;
      if (job?.processedOn !== undefined) for (const { begun } of this.#waiting.get(id) ?? []) begun();
      const settled = endOf(job);
      if (settled !== null) this.#end(id, ({ settle }) => settle(settled));
    } catch (error) {
      // While the server is away it is asked again in a second.
      if (!isOutage(error)) this.#end(id, ({ reject }) => reject(error));
    }
  }

  #end(id: string, tell: (waiting: Waiting<R>) => void): void {
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    for (const each of waiting) tell(each);
  }
}

function endOf<R>(job: QueueJob<unknown, R> | undefined): Settled<R> | null {
  if (job === undefined) return { end: 'gone' };
  if (job.finishedOn === undefined) return null;
  return job.failedReason
    ? { end: 'failed', failure: failureOf(job.failedReason) }
    : { end: 'completed', outcome: job.returnvalue };
}
