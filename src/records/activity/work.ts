import { protocol, stages, type MessageKind, type Stage } from '../../../machines/protocol.js';
import { floats, integers } from '../../growing.js';
import type { StepRow } from '../rows.js';
import type { ActivityRow, SentMessage, Turn } from './activity.js';
import { Claims } from './claims.js';

/** The steps for which a client takes time, and the tasks whose figures come at the end of one. */
const longSteps: ReadonlySet<string> = new Set(['1.3', '2.3', '3.1', '3.2', '3.3']);
const workTasks: ReadonlySet<string> = new Set(['instruct', 'reward', 'freeze', 'align']);

/**
 * When a client was at work, and when its device was off. A step begins with its row and ends with the task's figures,
 * at the moment at which the update is sent; or with the client's going off, or the download for which it drops the
 * work: then the next row is that of another step, and the first download to arrive after the step began is taken to
 * be the one. What has none of these goes on. Its rows come in the order of time, the downloads in any.
 */
export class Work {
  readonly trainings = new Claims();
  /** Their stage is that of the version that was open, which is not known here. */
  readonly absences = new Claims();
  readonly #arrivals = floats();
  /** Of each training: the first download to arrive after it began, and whether another step ended it. */
  readonly #heardSeconds = floats();
  readonly #isDropped = integers();
  #isTraining = false;
  #isOff = false;

  /** `source` is the row's index in metrics.jsonl. */
  turn(row: Turn, source: number): void {
    const { virtualSeconds } = row;
    if (this.#isTraining) this.#endTraining(row);
    if (isLongStep(row)) this.#beginTraining(row, source);
    if (row.type !== 'presence') return;
    if (this.#isOff) this.absences.endAt(this.absences.spans.length - 1, virtualSeconds);
    if (!row.on) this.absences.add(openSpan('off', null, virtualSeconds, source));
    this.#isOff = !row.on;
  }

  arrive(seconds: number): void {
    this.#arrivals.insert(this.#arrivals.countUpTo(seconds), seconds);
    const last = this.trainings.spans.begunBefore(seconds) - 1;
    if (last < 0 || this.#heardSeconds.at(last) <= seconds) return;
    this.#heardSeconds.set(last, seconds);
    if (this.#isDropped.at(last) === 1 && seconds < this.trainings.spans.toSeconds(last)) {
      this.trainings.endAt(last, seconds);
    }
  }

  #beginTraining({ step, virtualSeconds }: StepRow, source: number): void {
    const heard = this.#arrivals.countUpTo(virtualSeconds);
    this.#heardSeconds.push(heard < this.#arrivals.length ? this.#arrivals.at(heard) : Infinity);
    this.#isDropped.push(0);
    this.trainings.add(openSpan('training', stageOf(step), virtualSeconds, source));
    this.#isTraining = true;
  }

  #endTraining({ type, virtualSeconds }: Turn): void {
    const last = this.trainings.spans.length - 1;
    const isDropped = type === 'step';
    this.#isDropped.set(last, isDropped ? 1 : 0);
    this.#isTraining = false;
    const droppedSeconds = isDropped ? this.#heardSeconds.at(last) : Infinity;
    this.trainings.endAt(last, Math.min(virtualSeconds, droppedSeconds));
  }
}

/** When the server made an aggregate: from Step 1.4, 2.4 or 3.4 to its next step. */
export class Aggregating {
  readonly claims = new Claims();
  #isOpen = false;

  /** `source` is the row's index in metrics.jsonl. */
  turn(row: Turn, source: number): void {
    if (row.type !== 'step') return;
    const { step, virtualSeconds } = row;
    if (this.#isOpen) this.claims.endAt(this.claims.spans.length - 1, virtualSeconds);
    this.#isOpen = step.endsWith('.4');
    if (this.#isOpen) this.claims.add(openSpan('aggregating', stageOf(step), virtualSeconds, source));
  }
}

const openSpan = (
  kind: 'training' | 'off' | 'aggregating',
  stage: Stage | null,
  fromSeconds: number,
  source: number,
) => ({ kind, stage, fromSeconds, toSeconds: Infinity, source, fault: -1 });

export function isTurn(row: ActivityRow): row is Turn {
  return row.type === 'step' || row.type === 'presence' || (row.type === 'client' && workTasks.has(row.task));
}

/** Whether work begins with it. */
export function isLongStep(turn: Turn): turn is StepRow {
  return turn.type === 'step' && longSteps.has(turn.step);
}

export const isDown = ({ kind }: Pick<SentMessage, 'kind'>) =>
  protocol[kind as MessageKind].direction === 'down';

/** Whether a model has arrived with it; a request brings nothing, and interrupts nothing. */
export function isArrival({ kind, copyOf, outcome }: SentMessage): boolean {
  const { direction, carries } = protocol[kind as MessageKind];
  return direction === 'down' && carries.length > 0 && copyOf === null && outcome === 'delivered';
}

/** Step 2.3 is of the second stage. */
export function stageOf(step: string): Stage {
  return stages[Number(step[0]) - 1]!;
}
