import type { Manifest } from '../manifest.js';
import type { ActivityRows, Lane } from './activity.js';
import { Course } from './course.js';

/**
 * What each actor of a run did, and what it waited for: the server first, then the clients in their order. Each
 * lane goes from 0 to the end without gaps.
 */
export function lanes(rows: ActivityRows): readonly Lane[] {
  return courseOf(rows).lanes;
}

/** The lanes with what they were made of, of all rows at once. */
export function courseOf(rows: ActivityRows): Course {
  const course = new Course(rows);
  for (const _ of course.grow(rows));
  return course;
}

/** The records of a run, as they were read back, and how long it took. */
export interface ReadBack extends Pick<ActivityRows, 'metrics' | 'messages'> {
  readonly manifest: Pick<Manifest, 'clients' | 'scenario'>;
  readonly summary: { readonly virtualSeconds: number };
}

export function activityRows({ manifest, summary, metrics, messages }: ReadBack): ActivityRows {
  const clients = manifest.clients.map(({ id }) => id);
  return { clients, scenario: manifest.scenario, metrics, messages, endSeconds: summary.virtualSeconds };
}
