import type { Phase } from '../../learning/training/phase.js';
import { slotOf } from '../../learning/model/slots.js';
import type { Method } from './method.js';
import { trainedParts, type Moment } from './parts.js';

/**
 * What a client does for an order of a round, as its task goes through it: absent where it trains all that it has,
 * at once and by the loss alone.
 */
export function phasesAt(method: Method, moment: Moment): readonly Phase[] | undefined {
  const trained = trainedParts(method, moment);
  if (!method.phases) {
    const isPlain = trained.length === allParts(method) && !method.mixture;
    return isPlain ? undefined : [{ share: 1, trains: trained, terms: [] }];
  }
  return method.phases.map(({ share, mixture, trains, terms = [] }) => ({
    share,
    ...(mixture && { mixture }),
    trains: trained.filter((part) => trains.includes(slotOf(part))),
    terms,
  }));
}

const allParts = ({ slots }: Method) => slots.flatMap(({ parts }) => parts).length;

/** How many times as much work as training everything at once a method's phases are. */
export function workFactor({ phases }: Pick<Method, 'phases'>): number {
  return phases ? phases.reduce((sum, { share }) => sum + share, 0) : 1;
}
