import type { Executor } from '../learning/training/executor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../learning/training/task.js';
import type { Journal } from './task-journal.js';

/** How the tasks of a run came by their results. */
export interface JournalCounts {
  /** Answered by the journal. */
  readonly answered: number;
  readonly computed: number;
  /** Entries of the journal that could not be used: their tasks were computed. */
  readonly damaged: number;
}

/** An executor that asks a journal first, and tells it what it had to compute. Without one it only computes. */
export class JournaledExecutor implements Executor {
  readonly #executor: Executor;
  #journal: Journal | null = null;
  #answered = 0;
  #computed = 0;

  constructor(executor: Executor) {
    this.#executor = executor;
  }

  /** From now on; a journal needs the executor's fingerprint first. */
  use(journal: Journal): void {
    this.#journal = journal;
  }

  /** Null without a journal. */
  get counts(): JournalCounts | null {
    if (this.#journal === null) return null;
    return { answered: this.#answered, computed: this.#computed, damaged: this.#journal.damaged };
  }

  async run<K extends TaskKind>(request: TaskRequest<K>): Promise<TaskResult<K>> {
    const known = await this.#journal?.find(request.key);
    if (known) {
      this.#answered += 1;
      return known as TaskResult<K>;
    }
    const result = await this.#executor.run(request);
    this.#computed += 1;
    await this.#journal?.keep(request.key, request.kind, result);
    return result;
  }

  fingerprint(): ReturnType<Executor['fingerprint']> {
    return this.#executor.fingerprint();
  }

  close(): Promise<void> {
    return this.#executor.close();
  }
}
