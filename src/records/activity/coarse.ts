import type { Activity, Lane } from './activity.js';
import type { Span } from './layers.js';

/**
 * A lane in a span, for a picture of so many columns. Where it has more activities than that, each column has what
 * took most of its time, of whatever round and message, and columns that are alike are one.
 */
export function coarse(lane: Lane, span: Span, columns: number): readonly Activity[] {
  const [first, end] = lane.range(span);
  if (end - first <= columns) return lane.during(span);
  const seconds = (span.toSeconds - span.fromSeconds) / columns;
  const joined: Activity[] = [];
  for (let column = 0; column < columns; column++) {
    const fromSeconds = span.fromSeconds + column * seconds;
    const part = { fromSeconds, toSeconds: span.fromSeconds + (column + 1) * seconds };
    const most = mostOf(lane, part);
    const last = joined.at(-1);
    if (most === null) continue;
    if (last?.kind === most.kind && last.stage === most.stage) {
      joined[joined.length - 1] = { ...last, toSeconds: part.toSeconds };
    } else {
      joined.push({
        actor: lane.actor,
        ...most,
        ...part,
        step: null,
        round: null,
        message: null,
        faults: [],
      });
    }
  }
  return joined;
}

type Sort = Pick<Activity, 'kind' | 'stage'>;

/** What takes most of a span; null where there is nothing. */
function mostOf(lane: Lane, { fromSeconds, toSeconds }: Span): Sort | null {
  const sorts: (Sort & { seconds: number })[] = [];
  const [first, end] = lane.range({ fromSeconds, toSeconds });
  for (let i = first; i < end; i++) {
    const [kind, stage] = [lane.kind(i), lane.stage(i)];
    const seconds = Math.min(lane.toSeconds(i), toSeconds) - Math.max(lane.fromSeconds(i), fromSeconds);
    const known = sorts.find((sort) => sort.kind === kind && sort.stage === stage);
    if (known) known.seconds += seconds;
    else sorts.push({ kind, stage, seconds });
  }
  if (sorts.length === 0) return null;
  const { kind, stage } = sorts.reduce((most, sort) => (sort.seconds > most.seconds ? sort : most));
  return { kind, stage };
}
