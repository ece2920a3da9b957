import type { AnyStateMachine } from 'xstate';
import type { Chart } from '../../src/charts/chart.js';
import { chartOf } from '../../src/charts/graph.js';
import { ownMachines } from '../../src/charts/own-machines.js';
import type { RunEvent, RunObserver } from '../../src/records/run-event.js';

/** What a chart has to be reached: its states but the root, and all of its transitions, `always` and guarded ones too. */
export interface Elements {
  readonly states: readonly string[];
  readonly transitions: readonly string[];
}

interface Charted extends Elements {
  readonly chart: Chart;
  /** Ids of states by where they stand: "rewardLearning.training" is "step-2-3". */
  readonly idAt: ReadonlyMap<string, string>;
}

const machines = new Map(Object.values(ownMachines).map((machine) => [machine.id, charted(machine)]));

function charted(machine: AnyStateMachine): Charted {
  const chart = chartOf(machine);
  const below = chart.states.filter(({ parent }) => parent !== null);
  return {
    chart,
    states: below.map(({ id }) => id),
    transitions: chart.transitions.map(({ id }) => id),
    idAt: new Map(below.map((state) => [pathIn(chart, state.id), state.id])),
  };
}

function pathIn(chart: Chart, id: string): string {
  const { key, parent } = chart.states.find((state) => state.id === id)!;
  const above = parent === null ? '' : pathIn(chart, parent);
  if (parent === null) return '';
  return above === '' ? key : `${above}.${key}`;
}

/** Everything of the machines of a run, by their ids. */
export const toReach: ReadonlyMap<string, Elements> = machines;

/** Where a state stands, outermost first: "step-2-3" is "rewardLearning.training". */
export function pathOf(machine: string, state: string): string {
  return pathIn(machines.get(machine)!.chart, state);
}

/** What of a machine is not among these, each as "<machine> <its id>". */
export function missing(machine: string, reached: ReadonlySet<string>): readonly string[] {
  const { states, transitions } = toReach.get(machine)!;
  return [...states, ...transitions].map((id) => `${machine} ${id}`).filter((each) => !reached.has(each));
}

/** Hears a run, or several, and keeps what their machines went through. */
export class Coverage implements RunObserver {
  readonly actors = true;
  readonly #machineOf = new Map<string, string>();
  readonly #reached = new Set<string>();

  next(event: RunEvent): void {
    if (event.type === 'actor-registered') {
      this.#machineOf.set(event.actor, event.machine);
      this.#enter(event.machine, event.state);
    }
    if (event.type !== 'actor') return;
    const machine = this.#machineOf.get(event.actor)!;
    for (const { transitions, state } of event.microsteps) {
      for (const transition of transitions) this.#reached.add(`${machine} ${transition}`);
      this.#enter(machine, state);
    }
  }

  /** A state, and those that it lies in. */
  #enter(machine: string, path: string): void {
    const keys = path.split('.');
    for (const depth of keys.keys()) {
      const id = machines.get(machine)!.idAt.get(keys.slice(0, depth + 1).join('.'));
      if (id === undefined) throw new Error(`the chart of ${machine} has no state ${path}`);
      this.#reached.add(`${machine} ${id}`);
    }
  }

  /** States and transitions that were reached, each as "<machine> <its id>". */
  get reached(): ReadonlySet<string> {
    return this.#reached;
  }
}
