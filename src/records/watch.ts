import type { Stage } from '../../machines/protocol.js';
import { heldOut, metric, newestFigures } from './held-out.js';
import type { Progress } from './progress.js';
import type { ClientRow, MetricRow, RoundRow, StepRow } from './rows.js';
import type { RunEvent, RunObserver } from './run-event.js';

/** Least real time from one progress to the next for each client that it tells of, but for a round that was closed. */
const millisecondsPerClient = 0.02;

/**
 * Follows a run and says how it stands: between events of the clock, after each closed round, and else as often as
 * somebody could see. A progress is as long as there are clients, and events are many more with many of them.
 */
export class RunWatch implements RunObserver {
  readonly actors = true;
  readonly #onProgress: (progress: Progress) => void;
  /** The state that each client is in, in the order of the clients. */
  readonly #states: Map<string, string>;
  readonly #startedAt: number;
  readonly #steps = new Map<string, StepRow>();
  readonly #figures = { instruction: newestFigures(), reward: newestFigures(), alignment: newestFigures() };
  #step: StepRow | null = null;
  #round: RoundRow | null = null;
  #messages = 0;
  #tasks = 0;
  #virtualSeconds = 0;
  #toldAt = -Infinity;
  #toldRound: RoundRow | null = null;

  /** `startedAt` is the `performance.now()` of the run's beginning. */
  constructor(clients: readonly string[], onProgress: (progress: Progress) => void, startedAt: number) {
    this.#onProgress = onProgress;
    this.#startedAt = startedAt;
    this.#states = new Map(clients.map((id) => [id, '']));
  }

  next(event: RunEvent): void {
    if (event.type === 'row') this.#onRow(event.row);
    if (event.type === 'message-ended') this.#messages += 1;
    if (event.type === 'actor' && this.#states.has(event.actor)) this.#states.set(event.actor, event.state);
    if (event.type === 'clock') this.#onClock(event.virtualSeconds);
  }

  /** The last word: what the last event of the clock has changed is in no progress before. */
  complete(): void {
    this.#tell(this.#virtualSeconds);
  }

  #onClock(virtualSeconds: number): void {
    this.#virtualSeconds = virtualSeconds;
    const isNew = this.#round !== this.#toldRound;
    if (isNew || performance.now() - this.#toldAt >= millisecondsPerClient * this.#states.size)
      this.#tell(virtualSeconds);
  }

  #tell(virtualSeconds: number): void {
    this.#toldAt = performance.now();
    this.#toldRound = this.#round;
    this.#onProgress(this.#progress(virtualSeconds));
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
      closedVirtualSeconds: this.#round?.virtualSeconds ?? null,
      wallSeconds: (performance.now() - this.#startedAt) / 1e3,
      clients: [...this.#states].map(([id, state]) => ({ id, doing: this.#doing(id, state) })),
      accuracy: this.#mean('instruction', 'accuracy'),
      helpfulAccuracy: this.#mean('reward', 'helpfulAccuracy'),
      harmlessAccuracy: this.#mean('reward', 'harmlessAccuracy'),
      reward: this.#mean('alignment', 'reward'),
      measured: this.#round ? this.#figures[this.#round.stage].countSince(this.#round.round) : 0,
      reportedLoss: this.#round?.loss ?? null,
      updates: this.#round?.updates ?? null,
      cohort: this.#round?.cohort ?? null,
      closedBy: this.#round?.closedBy ?? null,
      delaySeconds: this.#round?.delaySeconds ?? null,
      messages: this.#messages,
      tasks: this.#tasks,
    };
  }

  #onStep(row: StepRow): void {
    this.#step = row;
    this.#steps.set(row.actor, row);
  }

  #onFigures(row: ClientRow): void {
    this.#tasks += 1;
    if (row.task === heldOut[row.stage].task) this.#figures[row.stage].add(row);
  }

  /** Working states are named with their step, for example "1.3 tuning". */
  #doing(id: string, state: string): string {
    const step = this.#steps.get(id);
    return step && state.includes('.') ? `${step.step} ${state.split('.').at(-1)}` : state;
  }

  #mean(stage: Stage, figure: string): number | null {
    return this.#figures[stage].mean(metric(figure));
  }
}
