import { signal } from '@preact/signals';
import type { Chart, ChartState } from '../../src/charts/chart.js';
import { fetched } from './api.js';

/** A machine's chart, and its picture as it was laid out when the package was built. */
export interface Drawn {
  readonly chart: Chart;
  readonly svg: string;
}

/** By the machines' ids. */
export const charts = signal<Readonly<Record<string, Drawn>>>({});

export async function loadCharts(): Promise<void> {
  charts.value = await fetched('charts.json');
}

/** The states that an actor is in, outermost first, given the path in its record: "rewardLearning.training". */
export function statesOn(path: string, chart: Chart): readonly ChartState[] {
  return path.split(' + ').flatMap((region) => {
    const found: ChartState[] = [];
    let parent = chart.states.find((state) => state.parent === null);
    for (const key of region.split('.')) {
      parent = chart.states.find((state) => state.key === key && state.parent === parent?.id);
      if (!parent) break;
      found.push(parent);
    }
    return found;
  });
}
