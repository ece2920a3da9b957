import type { Discipline, DisciplineSettings } from './discipline.js';

/**
 * What a bound on staleness comes to: an update further behind is dropped, or counts all the same (its weight
 * then is the aggregation's affair), or is dropped and its client told to take the present version as soon as
 * one opens that is out of its reach.
 *
 * @param usual The bound where the scenario names none.
 */
export function staleness(
  { maxStaleness, late }: DisciplineSettings,
  usual: number,
): Pick<Discipline, 'admits' | 'resets'> {
  const bound = maxStaleness ?? usual;
  return {
    admits: (arrival) => late === 'accept' || arrival.staleness <= bound,
    resets: ({ working }) =>
      late === 'reset' ? Object.keys(working).filter((client) => working[client]!.staleness > bound) : [],
  };
}
