import type { TopLevelSpec } from 'vega-lite';
import type { DelayLaw } from './delay-law.js';
import { empiricalCdf, type CdfPoint, type DelaySample } from './delays.js';
import { height, look, quantity, wideWidth, width, type Layer } from './look.js';
import { resultOf, trackOf, type AttemptResult, type Told, type TrackPoint } from './stories.js';

/** The share of messages that had arrived after so many seconds, and their law where one is known. */
export function delayDistribution({ seconds, direction, expected }: DelaySample): TopLevelSpec {
  const law = 'law' in expected ? expected.law : null;
  const x = quantity('seconds', 'seconds from sending to arrival', {
    scale: { zero: false, nice: true },
    axis: { tickCount: 5, format: '~r' },
  });
  const scale = { domain: [0, 1] };
  const y = quantity('share', null, { scale, axis: { tickCount: 5, format: '.0%' } });
  const dashed = { color: 'var(--ink)', strokeWidth: 1.4, strokeDash: [5, 3] };
  return {
    ...look,
    width,
    height,
    encoding: { x, y },
    layer: [
      {
        data: { values: empiricalCdf(seconds) },
        mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2, color: `var(--${direction})` },
      },
      {
        data: { values: law === null ? [] : lawPoints(law) },
        mark: { type: 'line', ...dashed },
      },
    ],
  };
}

const lawSteps = 80;

/** Four standard deviations to both sides; a law without any is a vertical line. */
function lawPoints(law: DelayLaw): CdfPoint[] {
  const { meanSeconds, sdSeconds } = law;
  if (sdSeconds === 0) return [0, 1].map((share) => ({ seconds: meanSeconds, share }));
  return Array.from({ length: lawSteps + 1 }, (_, step) => {
    const seconds = Math.max(0, meanSeconds + ((8 * step) / lawSteps - 4) * sdSeconds);
    return { seconds, share: law.cdf(seconds) };
  });
}

export const resultColors: Readonly<Record<AttemptResult, string>> = {
  arrived: 'var(--good)',
  'arrived, not acknowledged': 'var(--reward)',
  lost: 'var(--warn)',
};

const storyHeight = 170;

/** A message's attempts over virtual time, with gain and rate where the records have them. */
export function attemptChart({ story, from }: Told, cutoffGain: number | null): TopLevelSpec {
  const results = Object.keys(resultColors);
  const spans = story.map((attempt) => ({
    fromSeconds: attempt.atSeconds,
    toSeconds: attempt.atSeconds + attempt.seconds,
    result: resultOf(attempt),
  }));
  const track = trackOf(story);
  const hasTrack = track.length > 0;
  const rateColor = `var(--${from === 'server' ? 'downlink' : 'uplink'})`;
  const shade: Layer = {
    data: { values: spans },
    mark: { type: 'rect', opacity: hasTrack ? 0.16 : 0.5 },
    encoding: {
      x: virtualSeconds('fromSeconds'),
      x2: { field: 'toSeconds' },
      color: {
        field: 'result',
        type: 'nominal',
        scale: { domain: results, range: Object.values(resultColors) },
        legend: null,
      },
      description: { field: 'result' },
    },
  };
  const heard = track.filter(({ gainDb }) => gainDb !== null);
  const gain = trackLine(heard, 'gainDb', 'gain (dB)', 'var(--muted)', { zero: false, orient: 'left' });
  const rateAxis = { zero: true, orient: 'right', grid: false } as const;
  const rate = trackLine(track, 'rateMbps', 'rate (Mbit/s)', rateColor, rateAxis);
  const cutoff: Layer = {
    data: { values: [{ gainDb: 10 * Math.log10(cutoffGain ?? 1) }] },
    mark: { type: 'rule', color: 'var(--muted)', strokeDash: [4, 4] },
    encoding: { y: { field: 'gainDb', type: 'quantitative' } },
  };
  const lines = hasTrack ? [cutoffGain === null ? gain : { layer: [gain, cutoff] }, rate] : [];
  return {
    ...look,
    width: wideWidth,
    height: hasTrack ? storyHeight : 60,
    layer: [shade, ...lines],
    resolve: { scale: { y: 'independent' } },
  };
}

const virtualSeconds = (field: string) =>
  quantity(field, 'virtual seconds', {
    scale: { zero: false, nice: false },
    axis: { format: '~r', tickCount: 8 },
  });

/** A figure of the track by time, its axis in the line's colour. */
function trackLine(
  values: TrackPoint[],
  field: 'gainDb' | 'rateMbps',
  title: string,
  color: string,
  { zero, ...axis }: { readonly zero: boolean; readonly orient: 'left' | 'right'; readonly grid?: boolean },
): Layer {
  const y = {
    field,
    type: 'quantitative',
    scale: { zero, nice: true },
    axis: { title, titleColor: color, labelColor: color, tickCount: 5, format: '~r', ...axis },
  } as const;
  return {
    data: { values },
    mark: { type: 'line', strokeWidth: 1.5, color },
    encoding: { x: virtualSeconds('seconds'), y, detail: { field: 'run' } },
  };
}
