import { meanOrNull } from '../moments.js';
import type { Progress } from './progress.js';
import type { ClientRow, MetricRow, RoundRow, StepRow } from './rows.js';
import type { RunEvent, RunObserver } from './run-event.js';

/**
 * Follows a run and says how it stands before each event of the clock; every event costs the same, however long
 * the run.
 */
export class RunWatch implements RunObserver {
  readonly actors = true;
  readonly #onProgress: (progress: Progress) => void;
  /** The state that each client is in, in the order of the clients. */
  readonly #states: Map<string, string>;
  readonly #steps = new Map<string, StepRow>();
  readonly #figures = new Map<string, Map<string, number>>();
  #step: StepRow | null = null;
  #round: RoundRow | null = null;
  #messages = 0;
  #tasks = 0;

  constructor(clients: readonly string[], onProgress: (progress: Progress) => void) {
    this.#onProgress = onProgress;
    this.#states = new Map(clients.map((id) => [id, '']));
  }

  next(event: RunEvent): void {
    if (event.type === 'row') this.#onRow(event.row);
    if (event.type === 'message') this.#messages += 1;
    if (event.type === 'actor' && this.#states.has(event.actor)) this.#states.set(event.actor, event.state);
    if (event.type === 'clock') this.#onProgress(this.#progress(event.virtualSeconds));
  }

  #onRow(row: MetricRow): void {
    if (row.type === 'step') this.#onStep(row);
    if (row.type === 'round') this.#round = row;
    if (row.type === 'client') this.#onFigures(row);
  }

  #progress(virtualSeconds: number): Progress {
    return {
      stage: this.#round?.stage ?? null,
      step: this.#step?.step ?? '',
      round: this.#step?.round ?? 0,
      closedRound: this.#round?.round ?? null,
      virtualSeconds,
      clients: [...this.#states].map(([id, state]) => ({ id, doing: this.#doing(id, state) })),
      accuracy: this.#mean('evaluate', 'accuracy'),
      reward: this.#mean('score', 'reward'),
      loss: this.#round?.loss ?? null,
      delaySeconds: this.#round?.delaySeconds ?? null,
      messages: this.#messages,
      tasks: this.#tasks,
    };
  }

  #onStep(row: StepRow): void {
    this.#step = row;
    this.#steps.set(row.actor, row);
  }

  #onFigures({ task, actor, metrics }: ClientRow): void {
    this.#tasks += 1;
    for (const [name, value] of Object.entries(metrics)) {
      if (value === null) continue;
      const key = `${task} ${name}`;
      const clients = this.#figures.get(key) ?? new Map<string, number>();
      this.#figures.set(key, clients.set(actor, value));
    }
  }

  /** Working states are named with their step, for example "1.3 tuning". */
  #doing(id: string, state: string): string {
    const step = this.#steps.get(id);
    return step && state.includes('.') ? `${step.step} ${state.split('.').at(-1)}` : state;
  }

  /** Mean over the clients of each one's newest figure; null as long as nobody has it. */
  #mean(task: string, name: string): number | null {
    return meanOrNull([...(this.#figures.get(`${task} ${name}`)?.values() ?? [])]);
  }
}
