import type { ElkEdgeSection, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import { UserError } from '../errors.js';
import { boxOf, type Box } from './box.js';
import { actionsOf, headOf, type Chart, type ChartTransition } from './chart.js';
import { sizeOf, wrapped, type Line, type Size } from './text.js';

/** A chart with places, in pixels from the upper left. */
export interface Layout extends Size {
  readonly chart: Chart;
  /** Each state before its children. */
  readonly boxes: readonly (Placed<Box> & { readonly textAt: Point })[];
  /** The dots that a compound state's initial child is pointed at from; `state` is the compound. */
  readonly dots: readonly Placed<Size & { readonly state: string }>[];
  readonly arrows: readonly Arrow[];
}

export type Placed<Thing> = Thing & Point;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A transition to one of its targets; null: from a dot or from a history state to what is entered by default. */
export interface Arrow {
  readonly transition: ChartTransition | null;
  readonly points: readonly Point[];
  readonly label: Placed<{ readonly lines: readonly Line[] } & Size> | null;
}

/**
 * Lays a chart out: layers from above to below, right-angled edges.
 *
 * @throws UserError where elkjs is not installed.
 */
export async function layoutOf(chart: Chart): Promise<Layout> {
  const plan = planOf(chart);
  const elk = await openElk();
  const placed = await elk.layout(plan.graph);
  const nodes = new Map(withDescendants(placed).map((node) => [node.id, node]));
  const at = (id: string) => {
    const { x = 0, y = 0, width = 0, height = 0 } = nodes.get(id)!;
    return { x, y, width, height };
  };
  const edges = new Map((placed.edges ?? []).map((edge) => [edge.id, edge]));
  return {
    chart,
    width: placed.width ?? 0,
    height: placed.height ?? 0,
    boxes: plan.boxes.map((box) => {
      const { id } = box.state;
      return { ...box, ...at(id), textAt: at(nodes.has(headingOf(id)) ? headingOf(id) : id) };
    }),
    dots: plan.dots.map((state) => ({ state, ...at(dotOf(state)) })),
    arrows: plan.links.map((link) => arrowOf(link, edges.get(link.id)!)),
  };
}

async function openElk() {
  try {
    const { default: Elk } = await import('elkjs/lib/elk.bundled.js');
    return new Elk.default();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UserError(
      'elkjs: is not installed, and lays pictures out; expected "npm install elkjs", or --format mermaid or json',
    );
  }
}

/** One edge of the picture. */
interface Link {
  readonly id: string;
  readonly transition: ChartTransition | null;
  readonly source: string;
  readonly target: string;
  readonly lines: readonly Line[];
}

const labelWidth = 140;

function planOf(chart: Chart) {
  const boxes = chart.states.map((state) => boxOf(state, chart));
  const dots = chart.states.filter(({ type }) => type === 'compound').map(({ id }) => id);
  const links = [...defaults(chart), ...chart.transitions.flatMap(linksOf)];
  const nodeOf = (box: Box): ElkNode => {
    const { id } = box.state;
    const inner = boxes.filter(({ state }) => state.parent === id).map(nodeOf);
    const dot = dots.includes(id) ? [{ id: dotOf(id), width: 12, height: 12 }] : [];
    const { width, height } = box;
    if (inner.length === 0) return { id, width, height };
    const heading = { id: headingOf(id), width, height, layoutOptions: headingOptions };
    return { id, children: [heading, ...dot, ...inner], layoutOptions: parentOptions };
  };
  const graph: ElkNode = {
    id: `picture of ${chart.id}`,
    layoutOptions: pictureOptions,
    children: boxes.filter(({ state }) => state.parent === null).map(nodeOf),
    edges: links.map(edgeOf),
  };
  return { boxes, dots, links, graph };
}

const dotOf = (state: string) => `${state} initial`;
const headingOf = (state: string) => `${state} heading`;

function defaults({ states }: Chart): readonly Link[] {
  return states.flatMap(({ id, type, initial }) => {
    const source = type === 'history' ? id : dotOf(id);
    return initial === null
      ? []
      : [{ id: `${source} default`, transition: null, source, target: initial, lines: [] }];
  });
}

function linksOf(transition: ChartTransition): readonly Link[] {
  const lines = [
    ...wrapped(headOf(transition), 'code', labelWidth),
    ...wrapped(actionsOf(transition), 'code', labelWidth),
  ];
  return transition.targets.map((target, index) => ({
    id: `${transition.id} ${index}`,
    transition,
    source: transition.source,
    target,
    lines: index === 0 ? lines : [],
  }));
}

function edgeOf({ id, source, target, lines }: Link): ElkExtendedEdge {
  const labels = lines.length === 0 ? [] : [{ text: id, ...sizeOf(lines) }];
  return { id, sources: [source], targets: [target], labels };
}

/** Elk asks each level for its own options. */
const levelOptions = {
  // The initial state on top, and what it leads to below.
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  // The narrowest of elk's ways for our own machines: a page of 1280 pixels shows each in its full size.
  'elk.layered.nodePlacement.strategy': 'LINEAR_SEGMENTS',
  'elk.layered.crossingMinimization.hierarchicalSweepiness': '-1',
  'elk.spacing.nodeNode': '20',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.spacing.nodeNodeBetweenLayers': '24',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
};

const pictureOptions = {
  ...levelOptions,
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.padding': '[top=12,left=12,bottom=12,right=12]',
};

const parentOptions = { ...levelOptions, 'elk.padding': '[top=6,left=6,bottom=16,right=16]' };

/** A heading is a node among the children, so that no line crosses it. */
const headingOptions = { 'elk.layered.layering.layerConstraint': 'FIRST', 'elk.alignment': 'TOP' };

function withDescendants(node: ElkNode): readonly ElkNode[] {
  return [node, ...(node.children ?? []).flatMap(withDescendants)];
}

function arrowOf({ transition, lines }: Link, { sections = [], labels = [] }: ElkExtendedEdge): Arrow {
  const [label] = labels;
  return {
    transition,
    points: sections.flatMap(pointsOf),
    label:
      label === undefined
        ? null
        : { lines, x: label.x!, y: label.y!, width: label.width!, height: label.height! },
  };
}

function pointsOf({ startPoint, bendPoints = [], endPoint }: ElkEdgeSection): readonly Point[] {
  return [startPoint, ...bendPoints, endPoint];
}
