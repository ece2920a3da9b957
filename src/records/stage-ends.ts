import type { Stage } from '../../machines/protocol.js';
import type { Client } from '../learning/clients/population.js';
import type { Objective } from '../learning/objective.js';
import {
  firstFigures,
  heldOut,
  isOfTask,
  metric,
  newestFigures,
  type ClientFigures,
  type Pick as PickFigure,
} from './held-out.js';
import type { RowReader } from './row-reader.js';
import type { ClientRow, MetricRow } from './rows.js';

type Clients = readonly Pick<Client, 'id'>[];

/** Each client's first and newest held-out figures of a stage. */
export class StageEnds implements RowReader {
  readonly #stage: Stage;
  readonly #first = firstFigures();
  readonly #newest = newestFigures();
  readonly start: StageEnd;
  readonly end: StageEnd;

  constructor(clients: Clients, stage: Stage, judges: readonly Objective[]) {
    this.#stage = stage;
    this.start = new StageEnd(this.#first, clients, heldOut[stage].loss(judges));
    this.end = new StageEnd(this.#newest, clients, heldOut[stage].loss(judges));
  }

  metric(row: MetricRow): void {
    if (!isOfTask(row, heldOut[this.#stage].task)) return;
    this.#first.add(row);
    this.#newest.add(row);
  }

  get isEmpty(): boolean {
    return this.#newest.isEmpty;
  }
}

/** The held-out figures of a stage at one of its ends. */
class StageEnd {
  readonly #figures: ClientFigures;
  readonly #clients: Clients;
  readonly #loss: PickFigure;

  constructor(figures: ClientFigures, clients: Clients, loss: PickFigure) {
    this.#figures = figures;
    this.#clients = clients;
    this.#loss = loss;
  }

  /** In the order of the clients. */
  get rows(): readonly ClientRow[] {
    return this.#clients.flatMap(({ id }) => this.#figures.of(id) ?? []);
  }

  get loss(): number | null {
    return this.#figures.mean(this.#loss);
  }

  mean(figure: string): number | null {
    return this.#figures.mean(metric(figure));
  }
}
