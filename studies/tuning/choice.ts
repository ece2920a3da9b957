import { mean } from '../../src/moments.js';
import type { Rates } from './grid.js';

/** Of the clients' models at the end of a run, on their own validation rows; means over the clients. */
export interface ValidationFigures {
  /** Nats per response token. */
  readonly loss: number;
  /** Share of response tokens. */
  readonly accuracy: number;
}

export interface Tried {
  readonly rates: Rates;
  /** By seed. */
  readonly figures: readonly ValidationFigures[];
}

export const meanLoss = ({ figures }: Tried) => mean(figures.map(({ loss }) => loss));
export const meanAccuracy = ({ figures }: Tried) => mean(figures.map(({ accuracy }) => accuracy));

/** The criterion of every method: the least validation loss, mean over the seeds; of equals the first. */
export function chosenOf(tried: readonly Tried[]): Tried {
  return least(tried, meanLoss);
}

/** What another criterion would have chosen: the greatest validation accuracy. */
export function mostAccurateOf(tried: readonly Tried[]): Tried {
  return least(tried, (one) => -meanAccuracy(one));
}

function least(tried: readonly Tried[], figure: (one: Tried) => number): Tried {
  return tried.reduce((best, one) => (figure(one) < figure(best) ? one : best));
}
