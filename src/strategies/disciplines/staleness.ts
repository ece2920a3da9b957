import type { Discipline, DisciplineSettings, Roster } from './discipline.js';

/**
 * What a bound on staleness comes to: an update further behind is dropped, or counts all the same (its weight
 * then is the aggregation's affair), or is dropped and its client told to take the present version as soon as
 * one opens that is out of its reach; or its client is asked to hand in what it has as soon as it is at the
 * bound, and its update counts however far behind it arrives (the urgent request of Port: Su and Li, "How
 * asynchronous can federated learning be?", IWQoS 2022).
 *
 * @param usual The bound where the scenario names none.
 */
export function staleness(
  { maxStaleness, late }: DisciplineSettings,
  usual: number,
): Pick<Discipline, 'admits' | 'resets' | 'urges'> {
  const bound = maxStaleness ?? usual;
  const counts = late === 'accept' || late === 'urge';
  return {
    admits: (arrival) => counts || arrival.staleness <= bound,
    resets: (roster) => (late === 'reset' ? behind(roster, bound + 1) : []),
    urges: (roster) => (late === 'urge' ? behind(roster, bound) : []),
  };
}

/** Who works on a model of so many versions ago or more. */
export function behind({ working }: Roster, versions: number): readonly string[] {
  return Object.keys(working).filter((client) => working[client]!.staleness >= versions);
}
