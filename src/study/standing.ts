import { secondsLeft } from './estimate.js';
import type { PlannedRun } from './plan.js';

/** How far a study is. */
export interface StudyProgress {
  /** Runs of this call: of its shard, equal ones once. */
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** At work in this process's hands, and in those of others that share the folder. */
  readonly running: number;
  readonly elsewhere: number;
  readonly waiting: number;
  /** Real seconds until all is over; null as long as no run has ended here. */
  readonly secondsLeft: number | null;
  /** Runs that ended here, from which that is known. */
  readonly measured: number;
  /** The run that has just ended; null where something else has changed. */
  readonly ended: EndedRun | null;
}

export interface EndedRun {
  readonly run: PlannedRun;
  readonly state: 'done' | 'failed';
  readonly message: string | null;
  /** Real time that it took, without the start of its process where that is known apart. */
  readonly seconds: number;
}

/** Where each run of a study stands, as far as this process knows. */
export class Standing {
  readonly #total: number;
  readonly #waiting: Map<string, PlannedRun>;
  readonly #working = new Map<string, { readonly run: PlannedRun; readonly since: number }>();
  readonly #elsewhere = new Map<string, number>();
  readonly #settled = { done: 0, failed: 0 };
  readonly #ended: EndedRun[] = [];
  #last: EndedRun | null = null;
  readonly #listeners = new Set<() => void>();

  constructor(runs: readonly PlannedRun[]) {
    this.#total = runs.length;
    this.#waiting = new Map(runs.map((run) => [run.id, run]));
  }

  /** Neither over nor at work here. */
  get waiting(): readonly PlannedRun[] {
    return [...this.#waiting.values()];
  }

  isElsewhere(): boolean {
    return this.#elsewhere.size > 0;
  }

  /** Another process has it. */
  elsewhere({ id }: PlannedRun): void {
    if (this.#elsewhere.has(id)) return;
    this.#elsewhere.set(id, performance.now());
    this.tell();
  }

  /** It was over before this process began with it. */
  settle({ id }: PlannedRun, state: 'done' | 'failed'): void {
    this.#waiting.delete(id);
    this.#elsewhere.delete(id);
    this.#settled[state] += 1;
    this.tell();
  }

  begin(run: PlannedRun): void {
    this.#waiting.delete(run.id);
    this.#elsewhere.delete(run.id);
    this.#working.set(run.id, { run, since: performance.now() });
    this.tell();
  }

  /** `seconds` where its process has counted them. */
  end(
    run: PlannedRun,
    state: 'done' | 'failed',
    { seconds, message = null }: { readonly seconds: number | null; readonly message?: string | null },
  ): void {
    const since = this.#working.get(run.id)?.since ?? performance.now();
    const ended = { run, state, message, seconds: seconds ?? secondsSince(since) };
    this.#working.delete(run.id);
    this.#settled[state] += 1;
    this.#ended.push(ended);
    this.#last = ended;
    this.tell();
    this.#last = null;
  }

  /** It was stopped, or taken away. */
  putBack(run: PlannedRun): void {
    this.#working.delete(run.id);
    this.#waiting.set(run.id, run);
    this.tell();
  }

  /** Calls at every change; gives what ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(): void {
    for (const listener of this.#listeners) listener();
  }

  progress(jobs: number): StudyProgress {
    const waiting = this.waiting.filter(({ id }) => !this.#elsewhere.has(id));
    const working = [...this.#working.values()].map(({ run, since }) => ({ point: run.point, since }));
    const others = this.waiting.flatMap(({ id, point }) => {
      const since = this.#elsewhere.get(id);
      return since === undefined ? [] : [{ point, since }];
    });
    return {
      total: this.#total,
      ...this.#settled,
      running: working.length,
      elsewhere: others.length,
      waiting: waiting.length,
      secondsLeft: secondsLeft({
        ended: this.#ended.map(({ run, seconds }) => ({ point: run.point, seconds })),
        working: [...working, ...others].map(({ point, since }) => ({ point, seconds: secondsSince(since) })),
        waiting: waiting.map(({ point }) => point),
        places: jobs + others.length,
      }),
      measured: this.#ended.length,
      ended: this.#last,
    };
  }
}

function secondsSince(moment: number): number {
  return (performance.now() - moment) / 1e3;
}
