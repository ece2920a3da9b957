import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, type Answer } from '../model/api.js';
import { seconds } from '../model/format.js';
import { isDark } from '../model/scheme.js';
import { client, follows, goToTime, guarded, now, progress } from '../model/player.js';

type Found = Answer<'timeline'>;
type Activity = Found['lanes'][number]['activities'][number];
type Kind = Activity['kind'];

const words: Readonly<Record<Kind, string>> = {
  training: 'training',
  'on-the-air': 'on the air',
  'waits-for-link': 'waiting for its link',
  blackout: 'blackout',
  'waits-for-others': 'waiting for others',
  'waits-for-deadline': 'waiting for the deadline',
  off: 'off',
  aggregating: 'aggregating',
};

/** The window in virtual seconds; null: the whole run. */
const zoom = signal<readonly [number, number] | null>(null);
const [laneHeight, left, head] = [20, 86, 22];

/** What everybody did and waited for: one lane for each actor, versions of the model as lines. */
export function Timeline() {
  const [found, setFound] = useState<Found | null>(null);
  const [told, setTold] = useState<string>('');
  const frame = useRef<HTMLCanvasElement>(null);
  const [whole, window, time] = [progress.value[0]?.virtualSeconds ?? 0, zoom.value, now.value];
  const [from, to] = window ?? [0, whole];

  useEffect(() => {
    let isStale = false;
    void guarded(async () => {
      const pixels = Math.round(widthOf(frame.current!) - left);
      const answer = await ask('timeline', { from, to, pixels });
      if (!isStale) setFound(answer);
    });
    return () => (isStale = true);
  }, [from, to]);

  useEffect(() => {
    const canvas = frame.current;
    if (!canvas || !found) return;
    const draw = () => paint(canvas, found, time);
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(canvas.parentElement!);
    return () => observer.disconnect();
  }, [found, time, isDark.value]);

  const timeAt = (x: number) => {
    const width = frame.current!.clientWidth - left;
    return from + (Math.max(0, x - left) / width) * (to - from);
  };
  const activityAt = (x: number, y: number): [string, Activity] | null => {
    const lane = found?.lanes[Math.floor((y - head) / laneHeight)];
    const at = timeAt(x);
    const activity = lane?.activities.find(
      ({ fromSeconds, toSeconds }) => fromSeconds <= at && at < toSeconds,
    );
    return lane && activity && x >= left ? [lane.actor, activity] : null;
  };
  const zoomBy = (factor: number) => {
    const width = Math.max(1e-5, (to - from) * factor);
    const middle = Math.min(Math.max(time, from), to);
    const start = Math.max(0, Math.min(middle - width / 2, whole - width));
    zoom.value = width >= whole ? null : [start, start + width];
  };

  return (
    <section class="timeline" aria-label="Timeline">
      <div class="row">
        <button type="button" onClick={() => zoomBy(0.5)}>
          Zoom in
        </button>
        <button type="button" onClick={() => zoomBy(2)} disabled={window === null}>
          Zoom out
        </button>
        <button type="button" onClick={() => (zoom.value = null)} disabled={window === null}>
          Whole run
        </button>
        <span class="quiet">
          {seconds(from)} to {seconds(to)}
        </span>
      </div>
      <ul class="legend">
        {Object.entries(words).map(([kind, text]) => (
          <li key={kind}>
            <span class={`swatch ${kind}`} aria-hidden="true" /> {text}
          </li>
        ))}
        <li>
          <span class="swatch version" aria-hidden="true" /> a version of the model
        </li>
      </ul>
      <div
        class="lanes"
        tabIndex={0}
        role="group"
        aria-label="Lanes: left and right move in time"
        onKeyDown={(event) => {
          const step = { ArrowLeft: -0.01, ArrowRight: 0.01 }[event.key];
          if (step === undefined) return;
          event.preventDefault();
          follows.value = false;
          void goToTime(Math.min(whole, Math.max(0, time + step * (to - from))));
        }}
      >
        <canvas
          ref={frame}
          role="img"
          aria-label={found ? summaryOf(found) : 'Timeline'}
          onPointerMove={(event) => {
            const hit = activityAt(event.offsetX, event.offsetY);
            setTold(hit ? tell(...hit) : '');
          }}
          onClick={(event) => {
            const hit = activityAt(event.offsetX, event.offsetY);
            if (hit && hit[0] !== 'server') client.value = hit[0];
            if (hit) setTold(tell(...hit));
            follows.value = false;
            void goToTime(timeAt(event.offsetX));
          }}
        />
      </div>
      <p class="told" aria-live="polite">
        {told === '' ? '\u00a0' : told}
      </p>
    </section>
  );
}

function tell(
  actor: string,
  { kind, fromSeconds, toSeconds, stage, round, step, message, faults }: Activity,
): string {
  return [
    `${actor}: ${words[kind]}${step === null ? '' : ` (Step ${step})`}`,
    `${seconds(fromSeconds)} to ${seconds(toSeconds)}, ${seconds(toSeconds - fromSeconds)}`,
    ...(stage === null ? [] : [`${stage} round ${round}`]),
    ...(message === null ? [] : [`message ${message}`]),
    ...faults.map((fault) => `fault ${fault}`),
  ].join(' · ');
}

/** Shares of time, for those who do not see the picture. */
function summaryOf({ lanes, fromSeconds, toSeconds }: Found): string {
  const span = toSeconds - fromSeconds;
  return lanes
    .slice(0, 12)
    .map(({ actor, activities }) => {
      const sums = new Map<Kind, number>();
      for (const { kind, ...each } of activities) {
        const inside = Math.min(each.toSeconds, toSeconds) - Math.max(each.fromSeconds, fromSeconds);
        sums.set(kind, (sums.get(kind) ?? 0) + inside);
      }
      const shares = [...sums].sort((a, b) => b[1] - a[1]).slice(0, 3);
      return `${actor}: ${shares.map(([kind, sum]) => `${words[kind]} ${Math.round((100 * sum) / span)} %`).join(', ')}`;
    })
    .join('; ');
}

const widthOf = (canvas: HTMLCanvasElement) => Math.max(300, canvas.parentElement!.clientWidth - 2);

function paint(
  canvas: HTMLCanvasElement,
  { lanes, versions, fromSeconds, toSeconds }: Found,
  time: number,
): void {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const scale = window.devicePixelRatio;
  const [width, height] = [widthOf(canvas), head + lanes.length * laneHeight + 4];
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext('2d')!;
  pen.scale(scale, scale);
  const x = (at: number) =>
    left + ((at - fromSeconds) / Math.max(toSeconds - fromSeconds, 1e-9)) * (width - left);
  pen.font = '12px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  for (const [index, { actor, activities }] of lanes.entries()) {
    const top = head + index * laneHeight;
    pen.fillStyle = colour('--text');
    pen.fillText(actor, 2, top + laneHeight / 2, left - 8);
    for (const { kind, ...each } of activities) {
      pen.fillStyle = colour(`--kind-${kind}`);
      const [start, end] = [Math.max(left, x(each.fromSeconds)), Math.min(width, x(each.toSeconds))];
      pen.fillRect(start, top + 3, Math.max(1, end - start), laneHeight - 6);
    }
  }
  pen.fillStyle = colour('--version');
  for (const { virtualSeconds } of versions)
    pen.fillRect(x(virtualSeconds) - 0.5, head - 6, 1, height - head + 6);
  pen.fillStyle = colour('--text');
  const ticks = width < 600 ? 2 : 4;
  for (let k = 0; k <= ticks; k++) {
    const at = fromSeconds + (k * (toSeconds - fromSeconds)) / ticks;
    pen.textAlign = k === 0 ? 'left' : k === ticks ? 'right' : 'center';
    pen.fillText(seconds(at), x(at), 8);
  }
  pen.textAlign = 'left';
  pen.fillStyle = colour('--accent');
  if (time >= fromSeconds && time <= toSeconds) pen.fillRect(x(time) - 1, head - 8, 2, height - head + 8);
}
