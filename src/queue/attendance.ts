import type { Queue } from 'bullmq';
import { isOutage } from './patiently.js';

const askedEveryMs = 2000;

/** Says, while a run waits for tasks, how many workers compute them: at first, and whenever that changes. */
export class Attendance {
  readonly #queue: Queue;
  readonly #shown: string;
  readonly #say: (note: string) => void;
  readonly #timer: NodeJS.Timeout;
  #told: number | null = null;

  /**
   * @param queue That of the run's tasks; whoever opened it closes it.
   * @param shown Its address, for people.
   * @param waits Whether the run waits for a task.
   */
  constructor(queue: Queue, shown: string, waits: () => boolean, say: (note: string) => void) {
    this.#queue = queue;
    this.#shown = shown;
    this.#say = say;
    this.#timer = setInterval(() => {
      if (waits()) void this.#look();
    }, askedEveryMs);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    try {
      const workers = await this.#queue.getWorkersCount();
      if (workers === this.#told) return;
      this.#told = workers;
      const { waiting, delayed, active } = await this.#queue.getJobCounts('waiting', 'delayed', 'active');
      this.#say(noteOf(this.#shown, workers, waiting! + delayed!, active!));
    } catch (error) {
      // Of a server that is away its own errors tell.
      if (!isOutage(error)) this.#say(`${this.#shown}: nobody knows who is there (${String(error)})`);
    }
  }
}

function noteOf(shown: string, workers: number, waiting: number, active: number): string {
  const tasks = (count: number) => `${count} ${count === 1 ? 'task' : 'tasks'}`;
  if (workers === 0) {
    return `No worker is left at ${shown}; ${tasks(waiting + active)} waiting for one: pwff worker --queue ${shown}`;
  }
  const there = `${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  return `${there} at ${shown}; ${tasks(waiting)} waiting, ${active} being computed.`;
}
