import type { Queue } from 'bullmq';
import type { Job } from './job.js';
import { isOutage } from './patiently.js';

const askedEveryMs = 2000;

/** Asks now and then whether a job is still wanted; `signal` is aborted where it is not, or was lost to another worker. */
export class Heartbeat {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #isCancelled = false;

  constructor(queue: Queue, id: string, lost?: AbortSignal) {
    lost?.addEventListener('abort', () => this.#controller.abort());
    this.#timer = setInterval(() => void this.#ask(queue, id), askedEveryMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether nobody waits for the job any more. */
  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #ask(queue: Queue, id: string): Promise<void> {
    try {
      const job = await queue.getJob(id);
      if (job !== undefined && !(job.data as Job).cancelled) return;
      this.#isCancelled = true;
      this.#controller.abort();
    } catch (error) {
      // While the server is away the job goes on.
      if (!isOutage(error)) throw error;
    }
  }
}
