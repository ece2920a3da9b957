import { labelOf, type Chart, type ChartState, type ChartTransition } from './chart.js';
import { sizeOf, wrapped, type Line, type Size } from './text.js';

/** What stands in a state's box, and how much room it takes. */
export interface Box extends Size {
  readonly state: ChartState;
  readonly sections: readonly Section[];
}

/** Lines that belong together; those of a transition that leaves the state as it is name it. */
export interface Section extends Size {
  readonly lines: readonly Line[];
  readonly transition: ChartTransition | null;
}

/** From the box's edge to its text, in pixels. */
export const margin = 10;

const textWidth = { leaf: 190, parent: 420 };

export function boxOf(state: ChartState, chart: Chart): Box {
  if (state.type === 'history') return { state, sections: [], width: 28, height: 28 };
  const hasChildren = chart.states.some(({ parent }) => parent === state.id);
  const width = hasChildren ? textWidth.parent : textWidth.leaf;
  const section = (lines: readonly Line[], transition: ChartTransition | null = null): Section => ({
    lines,
    transition,
    ...sizeOf(lines),
  });
  const activities = [
    ...(state.entry.length > 0 ? [`entry / ${state.entry.join(', ')}`] : []),
    ...(state.exit.length > 0 ? [`exit / ${state.exit.join(', ')}`] : []),
    ...state.invokes.map(({ src }) => `invoke / ${src}`),
  ];
  const sections = [
    section([
      ...wrapped(state.key, 'name', width),
      ...wrapped(state.description ?? '', 'description', width),
    ]),
    ...activities.map((text) => section(wrapped(text, 'code', width))),
    ...staying(state, chart).map((transition) =>
      section(wrapped(labelOf(transition) + ignored(transition), 'code', width), transition),
    ),
  ];
  const all = sizeOf(sections.flatMap(({ lines }) => lines));
  return { state, sections, width: all.width + 2 * margin, height: all.height + 2 * margin };
}

/** Transitions without a target stand in the state's box, as UML's internal transitions do. */
function staying(state: ChartState, { transitions }: Chart): readonly ChartTransition[] {
  return transitions.filter(({ source, targets }) => source === state.id && targets.length === 0);
}

/** An event that is taken and does nothing is kept from the states above. */
function ignored({ actions }: ChartTransition): string {
  return actions.length === 0 ? ' / ignored' : '';
}
