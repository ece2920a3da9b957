import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { ask, type Answer } from '../model/api.js';
import { client, guarded, progress } from '../model/player.js';
import { isDark } from '../model/scheme.js';
import { seriesOf, units, type Axis, type FigureName } from '../model/series.js';

const axis = signal<Axis>('round');
const who = signal<'mean' | 'one'>('mean');

const shown: readonly FigureName[] = [
  'accuracy',
  'loss',
  'helpful reward',
  'harmless reward',
  'KL divergence',
  'delay',
  'energy',
  'staleness',
  'participation',
];

/** Measured where a dial asks for it; no empty chart where none does. */
const asked: readonly FigureName[] = [
  'accuracy on others',
  'generalization gap',
  'personalization gap',
  'perplexity',
];

/** Curves over rounds, virtual time or joules: the mean over the clients with their spread, or one client's. */
export function Figures() {
  const [found, setFound] = useState<Answer<'figures'> | null>(null);
  const rounds = progress.value[0]?.rounds;
  const one = who.value === 'one' ? client.value : null;
  useEffect(() => {
    let isStale = false;
    void guarded(async () => {
      const answer = await ask('figures', { client: one ?? undefined });
      if (!isStale) setFound(answer);
    });
    return () => (isStale = true);
  }, [rounds, one]);
  return (
    <section aria-label="Figures">
      <div class="row">
        <label>
          Over{' '}
          <select value={axis.value} onChange={(event) => (axis.value = event.currentTarget.value as Axis)}>
            <option value="round">rounds</option>
            <option value="time">virtual time</option>
            <option value="joules">joules</option>
          </select>
        </label>
        <label>
          Of{' '}
          <select
            value={who.value}
            onChange={(event) => (who.value = event.currentTarget.value as 'mean' | 'one')}
          >
            <option value="mean">all clients: mean, least and greatest</option>
            <option value="one">{client.value}</option>
          </select>
        </label>
      </div>
      <div class="plots">
        {found &&
          [...shown, ...asked.filter((name) => isMeasured(name, found))].map((name) => (
            <Plot key={name} name={name} figures={found} axis={axis.value} who={one} />
          ))}
      </div>
    </section>
  );
}

function isMeasured(name: FigureName, figures: Answer<'figures'>): boolean {
  return seriesOf(name, figures, 'round', false).x.length > 0;
}

const wholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** A little air above and below; around a line that is level, some. */
function rangeOf(_plot: uPlot, least: number | null, greatest: number | null): [number, number] {
  const [low, high] = [least ?? 0, greatest ?? 1];
  const air = high > low ? (high - low) * 0.08 : 0.5;
  return [low >= 0 ? Math.max(0, low - air) : low - air, high + air];
}

interface PlotProps {
  readonly name: FigureName;
  readonly figures: Answer<'figures'>;
  readonly axis: Axis;
  readonly who: string | null;
}

function Plot({ name, figures, axis, who }: PlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const series = seriesOf(name, figures, axis, who === null);
  const bounds = series.least && series.greatest;
  useEffect(() => {
    if (!frame.current || series.x.length === 0) return;
    const colour = (property: string) =>
      getComputedStyle(document.documentElement).getPropertyValue(property).trim();
    const [text, grid, line] = [colour('--text'), colour('--line'), colour('--accent')];
    const axisLabel = axis === 'round' && bounds ? 'round of the stage' : units.axis[axis];
    const ticks = {
      stroke: text,
      grid: { stroke: grid, width: 1 },
      ticks: { stroke: grid },
      font: '12px system-ui',
    };
    const plot = new uPlot(
      {
        width: frame.current.clientWidth,
        height: 200,
        cursor: { drag: { x: false, y: false } },
        scales: { x: { time: false }, y: { range: rangeOf } },
        axes: [
          {
            ...ticks,
            label: axisLabel,
            labelSize: 22,
            size: 34,
            ...(axis === 'round' && { incrs: wholeSteps }),
          },
          { ...ticks, label: units.figure[name], labelSize: 22, size: 52 },
        ],
        series: [
          { label: axisLabel },
          { label: who ?? (bounds ? 'mean' : name), stroke: line, width: 2, points: { show: true, size: 5 } },
          ...(bounds
            ? [
                { label: 'least', stroke: line, width: 0.6, points: { show: false } },
                { label: 'greatest', stroke: line, width: 0.6, points: { show: false } },
              ]
            : []),
        ],
        ...(bounds && { bands: [{ series: [3, 2] as [number, number], fill: `${line}22` }] }),
      },
      [
        series.x,
        series.y,
        ...(bounds ? [series.least, series.greatest] : []),
      ] as unknown as uPlot.AlignedData,
      frame.current,
    );
    return () => plot.destroy();
  }, [JSON.stringify(series), axis, name, isDark.value]);
  const last = series.y.findLast((value) => value !== null);
  return (
    <figure class="plot">
      <figcaption>
        {name}
        {last === undefined || last === null ? '' : `: ${last.toPrecision(3)}${units.short[name]} at the end`}
      </figcaption>
      {series.x.length === 0 ? <p class="quiet">Nothing measured yet.</p> : <div ref={frame} />}
    </figure>
  );
}
