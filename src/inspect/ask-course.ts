import { setImmediate } from 'node:timers/promises';
import { Course } from '../records/activity/course.js';
import type { RunView } from './run-view.js';

interface Asked {
  readonly course: Course;
  /** Resolves when all that was asked before has been answered. */
  readonly answered: Promise<unknown>;
}

const courses = new WeakMap<RunView, Asked>();

/** What takes long, in slices: whatever else waits goes between two of them. */
export type Slices<T> = Generator<void, T, void>;

/**
 * Answers a question about who did what when in a run so far. Only rows that are new are read, and one question is
 * answered after the other.
 */
export function askCourse<T>(view: RunView, answer: (course: Course) => Slices<T>): Promise<T> {
  const clients = view.manifest.clients.map(({ id }) => id);
  const { scenario } = view.manifest;
  const { course, answered } = courses.get(view) ?? {
    course: new Course({ clients, scenario }),
    answered: Promise.resolve(),
  };
  const answering = answered.then(async () => {
    const { metrics, messages, virtualSeconds: endSeconds } = view;
    await inTurns(course.grow({ clients, scenario, metrics, messages, endSeconds }));
    return inTurns(answer(course));
  });
  courses.set(view, { course, answered: answering.catch(() => {}) });
  return answering;
}

async function inTurns<T>(slices: Slices<T>): Promise<T> {
  for (let slice = slices.next(); ; slice = slices.next()) {
    if (slice.done) return slice.value;
    await setImmediate();
  }
}
