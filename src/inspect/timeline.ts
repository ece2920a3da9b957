import type { Activity } from '../records/activity/activity.js';
import { coarse } from '../records/activity/coarse.js';
import type { Course } from '../records/activity/course.js';
import type { Span } from '../records/activity/layers.js';
import type { VersionSpan } from '../records/activity/versions.js';
import type { RoundRow } from '../records/rows.js';
import { askCourse, type Slices } from './ask-course.js';
import type { RunView } from './run-view.js';

/** The lanes of a window of virtual time, and the versions of the global model that were made in it. */
export interface Timeline {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly lanes: readonly {
    readonly actor: string;
    readonly activities: readonly Omit<Activity, 'actor'>[];
  }[];
  readonly versions: readonly Version[];
}

type Version = Pick<RoundRow, 'stage' | 'round' | 'virtualSeconds' | 'closedBy'>;

/** For a picture that is so many pixels wide: no lane has more activities, nor are there more versions. */
export function timelineOf(view: RunView, window: Span, pixels: number): Promise<Timeline> {
  return askCourse(view, (course) => timelineIn(course, window, pixels));
}

function* timelineIn({ lanes, versions }: Course, window: Span, pixels: number): Slices<Timeline> {
  const shown: Timeline['lanes'][number][] = [];
  for (const lane of lanes) {
    const activities = coarse(lane, window, pixels).map(({ actor: _actor, ...activity }) => activity);
    shown.push({ actor: lane.actor, activities });
    yield;
  }
  return { ...window, lanes: shown, versions: sparse(versions, window, pixels) };
}

/** Of the versions that were made in a window, the first in each pixel. */
function sparse(spans: readonly VersionSpan[], { fromSeconds, toSeconds }: Span, pixels: number): Version[] {
  const versions: Version[] = [];
  let last = -1;
  for (const { stage, round, closedBy, toSeconds: virtualSeconds } of spans) {
    if (stage === null || round === null || closedBy === null) continue;
    if (virtualSeconds < fromSeconds || virtualSeconds > toSeconds) continue;
    const pixel = Math.floor((pixels * (virtualSeconds - fromSeconds)) / (toSeconds - fromSeconds));
    if (pixel !== last) versions.push({ stage, round, virtualSeconds, closedBy });
    last = pixel;
  }
  return versions;
}
