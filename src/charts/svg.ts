import { escaped } from '../escaped.js';
import { margin, type Box, type Section } from './box.js';
import { labelOf, titleOf, type ChartTransition } from './chart.js';
import type { Arrow, Layout, Placed, Point } from './layout.js';
import { styleSheet } from './svg-style.js';
import { textStyles, type Line } from './text.js';

/**
 * A picture that stands alone, light or dark as its viewer likes it. Every state is a group with `data-state`,
 * every transition one with `data-transition`, and each has a title for tooltips and screen readers. A page that
 * embeds it colours them by class, or by the properties in src/charts/svg-style.ts.
 */
export function svgOf({ chart, width, height, boxes, dots, arrows }: Layout): string {
  const size = { width: Math.ceil(width), height: Math.ceil(height) };
  const name = chart.description === null ? chart.id : `${chart.id}: ${chart.description}`;
  const parents = new Set(boxes.flatMap(({ state }) => (state.type === 'parallel' ? [state.id] : [])));
  const rows = [
    tag('style', {}, styleSheet),
    tag('rect', { class: 'page', ...size }),
    ...boxes.map((box) => stateOf(chart.id, box, parents.has(box.state.parent ?? ''))),
    ...dots.map(dotOf),
    ...arrows.filter(({ transition }) => transition === null).map((each) => tag('g', {}, lineOf(each))),
    ...chart.transitions
      .filter(({ targets }) => targets.length > 0)
      .map((transition) => transitionOf(chart.id, transition, arrows)),
  ];
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    class: 'statechart',
    'data-machine': chart.id,
    role: 'img',
    'aria-label': `Statechart of ${name}`,
    viewBox: `0 0 ${size.width} ${size.height}`,
    ...size,
  };
  return `${tag('svg', attributes, `\n${rows.join('\n')}\n`)}\n`;
}

function stateOf(machine: string, box: Layout['boxes'][number], isRegion: boolean): string {
  const { state, sections } = box;
  const content = [
    tag('title', {}, escaped(titleOf(state))),
    ...(state.type === 'history' ? historyOf(box) : [frame(box, 'box', 0)]),
    ...(state.type === 'final' ? [frame(box, 'inner', 3)] : []),
    ...sectionsOf(machine, box.textAt, sections),
  ];
  return tag(
    'g',
    {
      id: `state-${machine}-${state.id}`,
      class: ['state', state.type, ...(isRegion && state.type !== 'history' ? ['region'] : [])].join(' '),
      'data-state': state.id,
    },
    content.join(''),
  );
}

function frame({ x, y, width, height }: Placed<Box>, style: string, inset: number): string {
  return tag('rect', {
    class: style,
    x: x + inset,
    y: y + inset,
    width: width - 2 * inset,
    height: height - 2 * inset,
    rx: 8 - inset,
  });
}

function historyOf({ state, x, y, width, height }: Placed<Box>): readonly string[] {
  const [cx, cy] = [x + width / 2, y + height / 2];
  const text = state.history === 'deep' ? 'H*' : 'H';
  return [
    tag('circle', { class: 'box', cx, cy, r: width / 2 }),
    tag('text', { class: 'name', x: cx, y: cy + 5, 'text-anchor': 'middle' }, text),
  ];
}

function sectionsOf(machine: string, { x, y }: Point, sections: readonly Section[]): readonly string[] {
  let top = y + margin;
  return sections.map(({ lines, transition, height }) => {
    const text = textOf(lines, x + margin, top);
    top += height;
    return transition === null
      ? text
      : tag('g', attributesOf(machine, transition), titled(transition) + text);
  });
}

function transitionOf(machine: string, transition: ChartTransition, arrows: readonly Arrow[]): string {
  const own = arrows.filter((arrow) => arrow.transition === transition);
  return tag('g', attributesOf(machine, transition), titled(transition) + own.map(lineOf).join(''));
}

function attributesOf(machine: string, { id, kind, source, targets }: ChartTransition): Attributes {
  return {
    id: `transition-${machine}-${id}`,
    class: `transition ${kind}`,
    'data-transition': id,
    'data-source': source,
    'data-targets': targets.join(' '),
  };
}

function titled(transition: ChartTransition): string {
  const { source, targets, description } = transition;
  const way = targets.length === 0 ? source : `${source} → ${targets.join(', ')}`;
  const label = labelOf(transition);
  const text = [way, ...(label === '' ? [] : [label]), ...(description === null ? [] : [description])];
  return tag('title', {}, escaped(text.join(': ')));
}

function lineOf({ points, label }: Arrow): string {
  const d = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${short(x)} ${short(y)}`).join('');
  const line = tag('path', { class: 'line', d });
  const text = label === null ? '' : textOf(label.lines, label.x, label.y);
  return line + headOf(points) + text;
}

/** A triangle at the end of a line, pointing as its last piece goes. */
function headOf(points: readonly Point[]): string {
  const [from, to] = [points.at(-2)!, points.at(-1)!];
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const corners = [
    [to.x, to.y],
    [to.x - 8 * dx - 4 * dy, to.y - 8 * dy + 4 * dx],
    [to.x - 8 * dx + 4 * dy, to.y - 8 * dy - 4 * dx],
  ];
  return tag('path', { class: 'head', d: `M${corners.map((pair) => pair.map(short).join(' ')).join('L')}Z` });
}

function dotOf({ x, y, width }: Placed<{ readonly width: number }>): string {
  return tag('circle', { class: 'dot', cx: x + width / 2, cy: y + width / 2, r: width / 2 });
}

function textOf(lines: readonly Line[], x: number, y: number): string {
  let bottom = y;
  return lines
    .map(({ text, style }) => {
      bottom += textStyles[style].height;
      return tag('text', { class: style, x, y: bottom - 4 }, escaped(text));
    })
    .join('');
}

type Attributes = Readonly<Record<string, string | number>>;

function tag(name: string, attributes: Attributes, content?: string): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escaped(value)}"`,
  );
  return content === undefined
    ? `<${name}${written.join('')}/>`
    : `<${name}${written.join('')}>${content}</${name}>`;
}

/** A tenth of a pixel is enough. */
function short(pixels: number): string {
  return String(Math.round(pixels * 10) / 10);
}
