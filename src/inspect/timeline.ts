import type { Activity } from '../records/activity/activity.js';
import { lanes } from '../records/activity/lanes.js';
import type { RoundRow } from '../records/rows.js';
import { oncePerGrowth } from './once-per-growth.js';
import type { RunView } from './run-view.js';

/** The lanes of a window of virtual time, and the versions of the global model that were made in it. */
export interface Timeline {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly lanes: readonly {
    readonly actor: string;
    readonly activities: readonly Omit<Activity, 'actor'>[];
  }[];
  readonly versions: readonly Pick<RoundRow, 'stage' | 'round' | 'virtualSeconds' | 'closedBy'>[];
}

/** What is shorter than this share of the window is narrower than a pixel. */
const narrowest = 1 / 4000;

export function timelineOf(view: RunView, fromSeconds: number, toSeconds: number): Timeline {
  const shortest = (toSeconds - fromSeconds) * narrowest;
  return {
    fromSeconds,
    toSeconds,
    lanes: lanesOf(view).map(({ actor, activities }) => ({
      actor,
      activities: activities
        .filter((each) => each.toSeconds > fromSeconds && each.fromSeconds < toSeconds)
        .filter((each) => each.toSeconds - each.fromSeconds >= shortest)
        .map(({ actor: _actor, ...activity }) => activity),
    })),
    versions: view.metrics.flatMap((row) =>
      row.type === 'round' && row.virtualSeconds >= fromSeconds && row.virtualSeconds <= toSeconds
        ? [
            {
              stage: row.stage,
              round: row.round,
              virtualSeconds: row.virtualSeconds,
              closedBy: row.closedBy,
            },
          ]
        : [],
    ),
  };
}

const lanesOf = oncePerGrowth(({ manifest, metrics, messages, virtualSeconds: endSeconds }) => {
  const clients = manifest.clients.map(({ id }) => id);
  return lanes({ clients, scenario: manifest.scenario, metrics, messages, endSeconds });
});
