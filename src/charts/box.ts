import {
  activitiesOf,
  childrenOf,
  labelOf,
  stayingIn,
  type Chart,
  type ChartState,
  type ChartTransition,
} from './chart.js';
import { sizeOf, wrapped, type Line, type Size } from './text.js';

/**
 * What stands in a state's box, and how much room it takes: name and description, what the state does, and the
 * transitions that stay in it, as UML's internal transitions do.
 */
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
  const width = childrenOf(state, chart).length > 0 ? textWidth.parent : textWidth.leaf;
  const section = (lines: readonly Line[], transition: ChartTransition | null = null): Section => ({
    lines,
    transition,
    ...sizeOf(lines),
  });
  const sections = [
    section([
      ...wrapped(state.key, 'name', width),
      ...wrapped(state.description ?? '', 'description', width),
    ]),
    ...activitiesOf(state).map((text) => section(wrapped(text, 'code', width))),
    ...stayingIn(state, chart).map((transition) =>
      section(wrapped(labelOf(transition), 'code', width), transition),
    ),
  ];
  const all = sizeOf(sections.flatMap(({ lines }) => lines));
  return { state, sections, width: all.width + 2 * margin, height: all.height + 2 * margin };
}
