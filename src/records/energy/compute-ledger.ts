import type { RunEvent, RunObserver, TaskStarted } from '../run-event.js';
import type { ComputeRow } from '../rows.js';

/**
 * Keeps the account of all work that costs energy: a row for each task as it ends, of what was spent up to then.
 */
export class ComputeLedger implements RunObserver {
  readonly #running = new Map<number, TaskStarted>();
  readonly #nowSeconds: () => number;
  readonly #write: (row: ComputeRow) => void;

  constructor(nowSeconds: () => number, write: (row: ComputeRow) => void) {
    this.#nowSeconds = nowSeconds;
    this.#write = write;
  }

  next(event: RunEvent): void {
    if (event.type === 'task-started' && event.joules > 0) this.#running.set(event.number, event);
    if (event.type === 'task-finished') this.#end(event.number, 'finished');
    if (event.type === 'task-dropped') this.#end(event.number, 'dropped');
  }

  /** Writes what is still under way when the run ends. */
  complete(): void {
    for (const number of [...this.#running.keys()]) this.#end(number, 'dropped');
  }

  #end(number: number, ended: ComputeRow['ended']): void {
    const task = this.#running.get(number);
    if (task === undefined) return;
    this.#running.delete(number);
    const virtualSeconds = this.#nowSeconds();
    const elapsedSeconds = virtualSeconds - task.virtualSeconds;
    const share = ended === 'finished' || task.seconds === 0 ? 1 : Math.min(1, elapsedSeconds / task.seconds);
    const { stage, round, actor } = task;
    const spent = { seconds: share * task.seconds, joules: share * task.joules, ended };
    this.#write({ type: 'compute', stage, round, actor, task: task.task, virtualSeconds, ...spent });
  }
}
