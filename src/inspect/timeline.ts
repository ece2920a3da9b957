import type { Activity } from '../records/activity/activity.js';
import { lanes } from '../records/activity/lanes.js';
import type { RoundRow } from '../records/rows.js';
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

const known = new WeakMap<RunView, { readonly rows: number; readonly lanes: ReturnType<typeof lanes> }>();

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

/** Made anew where a run has gone on. */
function lanesOf(view: RunView): ReturnType<typeof lanes> {
  const { manifest, metrics, messages, virtualSeconds: endSeconds } = view;
  const rows = metrics.length + messages.length;
  const before = known.get(view);
  if (before?.rows === rows) return before.lanes;
  const clients = manifest.clients.map(({ id }) => id);
  const made = lanes({ clients, scenario: manifest.scenario, metrics, messages, endSeconds });
  known.set(view, { rows, lanes: made });
  return made;
}
