import type { TopLevelSpec } from 'vega-lite';
import type { Activity, ActivityKind, Lane } from '../activity/activity.js';
import { coarse } from '../activity/coarse.js';
import type { VersionSpan } from '../activity/versions.js';
import { duration, number } from './format.js';
import { look, quantity, wideWidth } from './look.js';

/*
 * The lanes of a run as a chart.
 */

/** What an activity is drawn as: the stages' training apart from each other. */
interface Paint {
  readonly name: string;
  readonly color: string;
  readonly is: (activity: Pick<Activity, 'kind' | 'stage'>) => boolean;
}

const trains = (stage: Activity['stage'], name: string): Paint => ({
  name,
  color: `var(--${stage})`,
  is: (activity) => activity.kind === 'training' && activity.stage === stage,
});
const does = (kind: ActivityKind, name: string): Paint => ({
  name,
  color: `var(--lane-${kind})`,
  is: (activity) => activity.kind === kind,
});

/** In the order of the legend. */
export const paints: readonly Paint[] = [
  trains('instruction', 'training, Step 1'),
  trains('reward', 'training, Step 2'),
  trains('alignment', 'training, Step 3'),
  does('aggregating', 'aggregating'),
  does('on-the-air', 'on the air'),
  does('waits-for-link', 'waiting for its link'),
  does('blackout', 'blackout by script'),
  does('waits-for-others', 'waiting for others'),
  does('waits-for-deadline', 'waiting for the deadline'),
  does('off', 'off'),
];

/** An activity as a bar. */
export interface PaintedSpan {
  readonly actor: string;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly paint: string;
  /** What is seen under the pointer. */
  readonly words: string;
}

/** As many columns as a lane can show. */
const columns = wideWidth / 2;

export function paintedSpans(lanes: readonly Lane[], endSeconds: number): PaintedSpan[] {
  const whole = { fromSeconds: 0, toSeconds: endSeconds };
  return lanes.flatMap((lane) => coarse(lane, whole, columns).map(spanOf));
}

function spanOf(activity: Activity): PaintedSpan {
  const { actor, fromSeconds, toSeconds, step, round, message, faults } = activity;
  const { name } = paints.find(({ is }) => is(activity))!;
  const about = [
    name,
    ...(step === null ? [] : [`Step ${step}`]),
    ...(round === null ? [] : [`round ${round}`]),
    ...(message === null ? [] : [`message ${message}`]),
    ...faults,
  ].join(', ');
  const when = `${number(fromSeconds)} s, for ${duration(toSeconds - fromSeconds)}`;
  return { actor, fromSeconds, toSeconds, paint: name, words: `${actor}: ${about}; from ${when}` };
}

/** More lines than these would be a grey field; then every so many versions has one. */
const mostVersions = 120;

/** The bars, and an upright line where each version was made. */
export function lanesChart(
  lanes: readonly Lane[],
  spans: readonly PaintedSpan[],
  versions: readonly VersionSpan[],
): TopLevelSpec {
  const actors = lanes.map(({ actor }) => actor);
  const every = Math.ceil(versions.length / mostVersions);
  const marks = versions
    .filter((_, index) => (index + 1) % every === 0)
    .map(({ stage, round, closedBy, toSeconds }) => ({
      toSeconds,
      closedBy,
      words: `version ${round} of ${stage}, by ${closedBy}, at ${number(toSeconds)} s`,
    }));
  const description = { field: 'words', type: 'nominal' } as const;
  return {
    ...look,
    width: wideWidth,
    height: 36 + 20 * actors.length,
    layer: [
      {
        data: { values: [...spans] },
        mark: { type: 'rect' },
        encoding: {
          x: quantity('fromSeconds', 'virtual seconds', {
            scale: { nice: false },
            axis: { grid: false, format: '~s', tickCount: 8 },
          }),
          x2: { field: 'toSeconds' },
          y: { field: 'actor', type: 'nominal', title: null, sort: actors, scale: { padding: 0.2 } },
          color: {
            field: 'paint',
            type: 'nominal',
            scale: { domain: paints.map(({ name }) => name), range: paints.map(({ color }) => color) },
            legend: null,
          },
          description,
        },
      },
      {
        data: { values: marks },
        mark: { type: 'rule', color: 'var(--ink)', opacity: 0.45, strokeWidth: 0.8 },
        encoding: {
          x: { field: 'toSeconds', type: 'quantitative' },
          strokeDash: {
            field: 'closedBy',
            type: 'nominal',
            scale: {
              domain: ['answers', 'deadline'],
              range: [
                [1, 0],
                [3, 3],
              ],
            },
            legend: null,
          },
          description,
        },
      },
    ],
  };
}
