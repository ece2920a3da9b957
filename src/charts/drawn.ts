import type { AnyStateMachine } from 'xstate';
import { chartOf } from './graph.js';
import { layoutOf } from './layout.js';
import { svgOf } from './svg.js';

/** The picture of a machine as SVG; UserError where elkjs, which lays it out, is not installed. */
export async function drawn(machine: AnyStateMachine): Promise<string> {
  return svgOf(await layoutOf(chartOf(machine)));
}
