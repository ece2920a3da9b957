import { stream } from '../../../simulation/random/stream.js';
import { checkBlock, type GainPath } from '../gain-paths/gain-path.js';

/**
 * A recorded power gain over time. A gain holds from its row's time until the next row's, the last one for as
 * long as the one before it; then the trace begins anew, for ever.
 */
export interface GainTrace {
  /** When each gain begins, in seconds after the first row: from 0, strictly increasing. */
  readonly startSeconds: Float64Array;
  /** Ratios, at least 0 and not all 0; as many as `startSeconds`. */
  readonly gains: Float64Array;
  /** Time after which the trace begins anew, above the last start. */
  readonly periodSeconds: number;
}

/** Power gain at a time, a ratio. Any finite time will do: the trace has no beginning and no end. */
export function gainAt({ startSeconds, gains, periodSeconds }: GainTrace, seconds: number): number {
  const past = seconds % periodSeconds;
  const phase = past < 0 ? past + periodSeconds : past;
  let low = 0;
  let high = startSeconds.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (startSeconds[middle]! <= phase) low = middle;
    else high = middle - 1;
  }
  return gains[low]!;
}

/** A place in the trace that is drawn for the link, uniform over the period, in seconds. */
export function drawnPlace({ periodSeconds }: GainTrace, seed: number, link: string): number {
  return periodSeconds * stream(seed, 'trace', link).uniform();
}

/**
 * The trace as one link sees it: block k has the gain at its beginning, k `coherenceSeconds` after
 * `offsetSeconds` in the trace. RangeError unless the block is an integer from 0. Rows shorter than a block
 * are sampled, not averaged.
 */
export function tracePath(
  trace: GainTrace,
  { coherenceSeconds }: { readonly coherenceSeconds: number },
  offsetSeconds: number,
): GainPath {
  return {
    gainAt(block) {
      checkBlock(block);
      return gainAt(trace, offsetSeconds + block * coherenceSeconds);
    },
  };
}

/** More samples than these say no more about a law. */
const enoughSamples = 100_000;

/**
 * Gains at evenly spaced times over one period, no further apart than a block: each value is as frequent
 * among them as it is over time, so they are a sample of the gain of a block that begins anywhere. Exact
 * where the rows are evenly spaced, else to one sample per row; at least one sample per row in the mean, and
 * some 100,000 of them at most unless there are more rows.
 */
export function traceGains(trace: GainTrace, coherenceSeconds: number): number[] {
  const rows = trace.gains.length;
  const finestSeconds = Math.min(coherenceSeconds, shortestRowSeconds(trace));
  const wanted = Math.ceil(trace.periodSeconds / finestSeconds / rows);
  const perRow = Math.max(1, Math.min(wanted, Math.floor(enoughSamples / rows)));
  const spacingSeconds = trace.periodSeconds / (rows * perRow);
  return Array.from({ length: rows * perRow }, (_, i) => gainAt(trace, (i + 0.5) * spacingSeconds));
}

function shortestRowSeconds({ startSeconds, periodSeconds }: GainTrace): number {
  return startSeconds.reduce(
    (shortest, start, row) => Math.min(shortest, (startSeconds[row + 1] ?? periodSeconds) - start),
    Infinity,
  );
}
