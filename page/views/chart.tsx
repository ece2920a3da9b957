import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { charts, statesOn } from '../model/charts.js';
import type { Answer } from '../model/api.js';

type State = Answer<'state'>;

/** Whether pictures are made as narrow as their frame. */
export const fits = signal(false);

/** The chart of an actor: the states that it is in are lit, and the transitions that its last event took. */
export function ChartView({
  machine,
  actor,
  state,
  counts,
}: {
  readonly machine: string;
  readonly actor: string;
  readonly state: State;
  readonly counts: State['counts'];
}) {
  const drawn = charts.value[machine];
  const frame = useRef<HTMLDivElement>(null);
  const path = state.states[actor] ?? '';
  const on = drawn ? statesOn(path, drawn.chart) : [];
  const taken =
    state.event?.actor === actor ? state.event.microsteps.flatMap(({ transitions }) => transitions) : [];

  useEffect(() => {
    if (!drawn || !frame.current) return;
    const picture = new DOMParser().parseFromString(drawn.svg, 'image/svg+xml').documentElement;
    for (const named of [...picture.querySelectorAll('[id]')]) named.removeAttribute('id');
    frame.current.replaceChildren(picture);
  }, [drawn]);

  useEffect(() => {
    const picture = frame.current?.firstElementChild;
    if (!picture) return;
    const [lit, gone] = [new Set(on.map(({ id }) => id)), new Set(taken)];
    for (const group of [...picture.querySelectorAll<SVGElement>('[data-state]')]) {
      group.classList.toggle('active', lit.has(group.dataset['state']!));
    }
    for (const group of [...picture.querySelectorAll<SVGElement>('[data-transition]')]) {
      const id = group.dataset['transition']!;
      group.classList.toggle('active', gone.has(id));
      group.classList.toggle('taken', (counts?.transitions[id] ?? 0) > 0);
      showCount(group, counts?.transitions[id] ?? 0);
    }
    const inner = picture.querySelector(`[data-state="${CSS.escape(on.at(-1)?.id ?? '')}"] > .box`);
    if (inner instanceof SVGGraphicsElement && frame.current) scrollTo(frame.current, inner);
  });

  const innermost = on.at(-1);
  return (
    <section class="chart" aria-label={`Chart of ${actor}`}>
      <h3>
        {actor} <code>{path}</code>
      </h3>
      <p class="step" aria-live="polite">
        {innermost?.description ?? '\u00a0'}
      </p>
      <div
        class={`picture ${fits.value ? 'fits' : ''}`}
        ref={frame}
        tabIndex={0}
        role="group"
        aria-label={`Picture of the ${machine} chart`}
      />
    </section>
  );
}

const svgSpace = 'http://www.w3.org/2000/svg';

/** How often a transition was taken, where its line begins. */
function showCount(group: SVGElement, count: number): void {
  let label = group.querySelector<SVGTextElement>('.count');
  if (count === 0) {
    label?.remove();
    return;
  }
  const line = group.querySelector<SVGPathElement>('.line');
  if (!line) return;
  if (!label) {
    const { x, y } = line.getPointAtLength(Math.min(14, line.getTotalLength() / 2));
    label = document.createElementNS(svgSpace, 'text');
    label.setAttribute('class', 'count');
    label.setAttribute('x', String(x + 4));
    label.setAttribute('y', String(y + 4));
    group.append(label);
  }
  label.textContent = `${count}×`;
}

/** Brings a state into the picture's frame, where it is out of it. */
function scrollTo(frame: HTMLElement, box: SVGGraphicsElement): void {
  const [outer, inner] = [frame.getBoundingClientRect(), box.getBoundingClientRect()];
  if (inner.top < outer.top || inner.bottom > outer.bottom) {
    frame.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
  }
  if (inner.left < outer.left || inner.right > outer.right) {
    frame.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  }
}
