import { floats, integers } from '../growing.js';
import { heldOut, isOfTask, metric, newestFigures, type Measurement, type Pick } from './held-out.js';
import { readWhole, type RowReader } from './row-reader.js';
import type { MessageRow, MetricRow } from './rows.js';
import type { TargetReached, ToTarget } from './summary.js';

/** A figure that is measured of clients, by a task, after rounds. */
export interface MeasuredFigure {
  readonly task: string;
  readonly pick: Pick;
  readonly better: 'higher' | 'lower';
}

const value = metric('value');

/**
 * When the mean of a figure over the clients reached a target; null where it never did. That is in the first
 * round (0: before any training) for which the mean over the measured clients of the newest figure is at least the
 * target, or at most where less is better. Newest is of the latest round up to that one; a client without a figure yet
 * is not in the mean. `virtualSeconds` is when the last figure of the mean was there, `energyJoules` the energy of
 * all messages, of any stage and copies too, that had ended by then.
 *
 * Rows of an earlier round may come late, so that it keeps 24 bytes of each row that was measured, and 16 of a message.
 */
export class TargetSearch implements RowReader {
  readonly #figure: MeasuredFigure;
  readonly #target: number;
  readonly #actors: string[] = [];
  readonly #numberOf = new Map<string, number>();
  readonly #measured = { round: integers(), actor: integers(), value: floats(), seconds: floats() };
  readonly #ended = { seconds: floats(), joules: floats() };

  constructor(figure: MeasuredFigure, target: number) {
    this.#figure = figure;
    this.#target = target;
  }

  metric(row: MetricRow): void {
    if (!isOfTask(row, this.#figure.task)) return;
    this.#measured.round.push(row.round);
    this.#measured.actor.push(this.#number(row.actor));
    this.#measured.value.push(this.#figure.pick(row.metrics) ?? NaN);
    this.#measured.seconds.push(row.virtualSeconds);
  }

  message({ endedVirtualSeconds, energyJoules }: MessageRow): void {
    if (endedVirtualSeconds === null) return;
    this.#ended.seconds.push(endedVirtualSeconds);
    this.#ended.joules.push(energyJoules);
  }

  get reached(): TargetReached | null {
    const { round } = this.#measured;
    const inOrder = Uint32Array.from({ length: round.length }, (_, index) => index).sort(
      (a, b) => round.at(a) - round.at(b) || a - b,
    );
    const newest = newestFigures<Measurement>();
    for (const [place, index] of inOrder.entries()) {
      newest.add(this.#row(index));
      const next = inOrder[place + 1];
      if (next !== undefined && round.at(next) === round.at(index)) continue;
      if (!this.#isReached(newest.mean(value))) continue;
      const virtualSeconds = newest.completeAt(value);
      return { round: round.at(index), virtualSeconds, energyJoules: this.#joulesUntil(virtualSeconds) };
    }
    return null;
  }

  #isReached(mean: number | null): boolean {
    if (mean === null) return false;
    return this.#figure.better === 'higher' ? mean >= this.#target : mean <= this.#target;
  }

  #number(actor: string): number {
    const number = this.#numberOf.get(actor) ?? this.#actors.push(actor) - 1;
    this.#numberOf.set(actor, number);
    return number;
  }

  #row(index: number): Measurement {
    const { round, actor, value, seconds } = this.#measured;
    const figure = value.at(index);
    return {
      round: round.at(index),
      actor: this.#actors[actor.at(index)]!,
      virtualSeconds: seconds.at(index),
      metrics: { value: Number.isNaN(figure) ? null : figure },
    };
  }

  #joulesUntil(seconds: number): number {
    let joules = 0;
    for (let i = 0; i < this.#ended.seconds.length; i++) {
      if (this.#ended.seconds.at(i) <= seconds) joules += this.#ended.joules.at(i);
    }
    return joules;
  }
}

/** When the clients' accuracy on own held-out rows reached a target. */
export class AccuracySearch extends TargetSearch {
  readonly #accuracy: number;

  constructor(accuracy: number) {
    super({ task: heldOut.instruction.task, pick: metric('accuracy'), better: 'higher' }, accuracy);
    this.#accuracy = accuracy;
  }

  get toTarget(): ToTarget {
    return { accuracy: this.#accuracy, reached: this.reached };
  }
}

/** Of rows that are at hand; null without a target. */
export function toTarget(
  accuracy: number | null,
  metrics: readonly MetricRow[],
  messages: readonly MessageRow[],
): ToTarget | null {
  return accuracy === null ? null : readWhole(new AccuracySearch(accuracy), { metrics, messages }).toTarget;
}
