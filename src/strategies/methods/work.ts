import type { Phase } from '../../learning/training/phase.js';
import { slotOf } from '../../learning/model/slots.js';
import { sum } from '../../moments.js';
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
    return isPlain ? undefined : someWork([{ share: 1, trains: trained, terms: [] }]);
  }
  return someWork(
    method.phases.map(({ share, mixture, trains, terms = [] }) => ({
      share,
      ...(mixture && { mixture }),
      trains: trained.filter((part) => trains.includes(slotOf(part))),
      terms,
    })),
  );
}

/** The phases in which anything is trained. */
const someWork = (phases: readonly Phase[]) => phases.filter(({ trains }) => trains.length > 0);

const allParts = ({ slots }: Method) => slots.flatMap(({ parts }) => parts).length;

/** What an order's work comes to, beside going once through its steps or prompts. */
export interface Load {
  /** How often the steps or prompts are gone through. */
  readonly passes: number;
  /** Parameters that are trained, in the mean over the passes. */
  readonly trained: number;
}

/** The load of a round, of parts of these sizes. */
export function loadAt(method: Method, moment: Moment, parametersOf: (part: string) => number): Load {
  const phases = phasesAt(method, moment) ?? [{ share: 1, trains: trainedParts(method, moment) }];
  const passes = sum(phases.map(({ share }) => share));
  const trained = sum(phases.map(({ share, trains }) => share * sum(trains.map(parametersOf))));
  return { passes, trained: passes === 0 ? 0 : trained / passes };
}
