import { timeSpentSentence } from '../report/time-spent.js';
import type { TimeSpent } from '../summary.js';
import { common, disjoint, layered, secondsOf, takesTime } from './layers.js';
import { criticalOf } from './critical.js';
import type { Course } from './course.js';
import { courseOf } from './lanes.js';
import { missingUpdates } from './missing.js';
import type { VersionSpan } from './versions.js';
import type { ActivityKind, ActivityRows, Claim } from './activity.js';

/** The figure that an activity of the client that a round hung on counts to. */
const figures = {
  training: 'trainingSeconds',
  'on-the-air': 'onAirSeconds',
  'waits-for-link': 'linkSeconds',
  blackout: 'blackoutSeconds',
  off: 'offSeconds',
  'waits-for-deadline': 'deadlineSeconds',
  'waits-for-others': 'othersSeconds',
  aggregating: 'othersSeconds',
} as const satisfies Record<ActivityKind, keyof TimeSpent>;

/**
 * Where the virtual time of a run went. Each round is what the client did whose message closed it, from the
 * download to the update's arrival; then comes waiting, for the deadline where that closed the round. What came
 * after the last round that was closed is the rest. The figures sum up to the seconds of the run.
 */
export function timeSpent(rows: ActivityRows): TimeSpent {
  const course = courseOf(rows);
  const partsOf = partsOfRounds(course);
  const seconds = {
    trainingSeconds: 0,
    onAirSeconds: 0,
    linkSeconds: 0,
    blackoutSeconds: 0,
    offSeconds: 0,
    deadlineSeconds: 0,
    othersSeconds: 0,
    restSeconds: 0,
  };
  for (const version of course.versions) {
    if (version.closedBy === null) seconds.restSeconds += secondsOf(version);
    else for (const part of partsOf(version)) seconds[figures[part.kind]] += secondsOf(part);
  }
  const spent = { ...seconds, missing: missingUpdates(rows, course) };
  return { ...spent, sentence: timeSpentSentence(spent) };
}

/** A round in pieces that lie end to end. */
function partsOfRounds(course: Course): (version: VersionSpan) => Claim[] {
  const lanes = new Map(course.lanes.map((lane) => [lane.actor, lane]));
  const critical = criticalOf(course);
  return (version) => {
    const { stage, round, closedBy, fromSeconds, toSeconds } = version;
    const about = { stage, round, step: null, message: null, faults: [] };
    const last = critical(version);
    const untilSeconds = Math.max(fromSeconds, last?.endSeconds ?? fromSeconds);
    const wait: Claim = {
      kind: closedBy === 'deadline' ? 'waits-for-deadline' : 'waits-for-others',
      ...about,
      fromSeconds: untilSeconds,
      toSeconds,
    };
    if (last === null) return [wait].filter(takesTime);
    const hung = { fromSeconds, toSeconds: untilSeconds };
    const within = (claims: readonly Claim[]) =>
      disjoint(claims.map((claim) => common(claim, hung)).filter(takesTime));
    const lane = lanes.get(last.client)!.during(hung);
    return [...layered([...last.layers, lane].map(within)), wait].filter(takesTime);
  };
}
