import { stageAfter, type Stage } from '../../../machines/protocol.js';
import { takesTime, type Span } from './layers.js';
import { partitionPoint } from './partition-point.js';
import type { ActivityRows, Claim } from './activity.js';

/** The time in which one version of the global model was the newest: a round, from the close of the one before. */
export interface VersionSpan extends Span {
  /** The round that was open; null after the last. */
  readonly stage: Stage | null;
  readonly round: number | null;
  /** What closed it; null where nothing did: the run ended first. */
  readonly closedBy: 'answers' | 'deadline' | null;
  /** The clients of its cohort; none of a round that was not closed. */
  readonly members: readonly string[];
}

/** The rounds of a run one after the other, and what follows the last; together they last as long as the run. */
export function versionSpans({
  scenario: { stages },
  metrics,
  endSeconds,
}: Omit<ActivityRows, 'clients' | 'messages'>): VersionSpan[] {
  const rounds = metrics.filter((row) => row.type === 'round');
  const closed = rounds.map(({ stage, round, virtualSeconds, closedBy, members }, index): VersionSpan => {
    const fromSeconds = rounds[index - 1]?.virtualSeconds ?? 0;
    return { stage, round, closedBy, members, fromSeconds, toSeconds: virtualSeconds };
  });
  const last = rounds.at(-1);
  const stage = !last
    ? stages[0]!
    : last.verdict === 'continue'
      ? last.stage
      : stageAfter(last.stage, stages);
  const round = stage === null ? null : last?.stage === stage ? last.round + 1 : 1;
  const fromSeconds = last?.virtualSeconds ?? 0;
  const open = { stage, round, closedBy: null, members: [], fromSeconds, toSeconds: endSeconds };
  return [...closed, open];
}

/** The version that was open at a time; the later one where it closed then. */
export function versionAt(versions: readonly VersionSpan[], seconds: number): VersionSpan {
  return versions[partitionPoint(versions, ({ fromSeconds }) => fromSeconds <= seconds) - 1]!;
}

/**
 * What there is to wait for where an actor has nothing else to do: for others, as long as anybody works or sends;
 * from then on for the deadline, where that closed the round.
 */
export function waits(versions: readonly VersionSpan[], work: readonly Span[]): Claim[] {
  const begun = [...work].sort((a, b) => a.fromSeconds - b.fromSeconds);
  let [next, busyUntil] = [0, 0];
  return versions.flatMap(({ stage, round, closedBy, fromSeconds, toSeconds }) => {
    while (next < begun.length && begun[next]!.fromSeconds < toSeconds) {
      busyUntil = Math.max(busyUntil, begun[next++]!.toSeconds);
    }
    const quietSeconds = closedBy === 'deadline' ? clamped(busyUntil, fromSeconds, toSeconds) : toSeconds;
    const nothing = { stage, round, step: null, message: null, faults: [] };
    const claims: Claim[] = [
      { kind: 'waits-for-others', fromSeconds, toSeconds: quietSeconds, ...nothing },
      { kind: 'waits-for-deadline', fromSeconds: quietSeconds, toSeconds, ...nothing },
    ];
    return claims.filter(takesTime);
  });
}

const clamped = (value: number, from: number, to: number) => Math.min(to, Math.max(from, value));
