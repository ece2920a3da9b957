import { createActor, type AnyStateMachine, type EventObject } from 'xstate';
import { getAdjacencyMap, getShortestPaths } from 'xstate/graph';
import { chartOf } from '../../src/charts/graph.js';
import { transitionId } from '../../src/charts/transition-id.js';
import { VirtualClock } from '../../src/simulation/clock/virtual-clock.js';

/** An event that says which guards hold as it is taken; a guard with parameters goes by "name stage". */
export interface Choice extends EventObject {
  readonly holds: readonly string[];
}

/** Whether a guard holds by the event; the chart is walked with such guards in place of its own. */
export const chosen = (guard: string) => {
  return ({ event }: { event: EventObject }, params?: { readonly stage?: string }) =>
    holds(event, params?.stage === undefined ? guard : `${guard} ${params.stage}`);
};

export function holds(event: EventObject, guard: string): boolean {
  const of = event as {
    readonly holds?: readonly string[];
    readonly input?: { readonly holds?: readonly string[] };
  };
  return (of.holds ?? of.input?.holds ?? []).includes(guard);
}

/** Each type of event that a chart has an answer to, with none, one or two of the guards. */
export function choices(
  machine: AnyStateMachine,
  guards: readonly string[],
  about: object,
): readonly Choice[] {
  const sets = [
    [],
    ...guards.map((one) => [one]),
    ...guards.flatMap((a, i) => guards.slice(i + 1).map((b) => [a, b])),
  ];
  const types = new Set(chartOf(machine).transitions.map(({ event }) => event.replace(/\*$/, 'task')));
  types.delete('');
  return [...types].flatMap((type) => sets.map((set) => ({ type, ...about, holds: set })));
}

export interface Walked {
  /** Transitions that were taken. */
  readonly taken: ReadonlySet<string>;
  /** Ways that were walked: for each state and each event, the shortest way to the state and then the event. */
  readonly ways: number;
  /** Ways that led the real actor elsewhere than they say. */
  readonly astray: readonly string[];
}

/** Walks a machine by every event from every state, by the shortest ways there, each with an actor of its own. */
export function walk(machine: AnyStateMachine, events: readonly Choice[], input: object): Walked {
  const serializeState = ({ value }: { readonly value: unknown }) => JSON.stringify(value);
  const options = { events, input, serializeState, limit: 100_000 } as never;
  const map = getAdjacencyMap(machine, options) as unknown as Readonly<Record<string, Vertex>>;
  const taken = new Set<string>();
  const astray: string[] = [];
  let ways = 0;
  const go = (sent: readonly EventObject[], expected: unknown) => {
    ways++;
    const actor = createActor(machine, {
      ...{ input, clock: new VirtualClock() },
      inspect: (told) => {
        // By its session: the first microsteps are taken while the actor is being made.
        if (told.type !== '@xstate.microstep' || told.actorRef.sessionId !== told.rootId) return;
        for (const each of told._transitions) taken.add(transitionId(each) ?? 'initial');
      },
    });
    actor.start();
    for (const event of sent) actor.send(event);
    const { value } = actor.getSnapshot() as { readonly value: unknown };
    if (JSON.stringify(value) !== expected) astray.push(`${JSON.stringify(sent)}: ${JSON.stringify(value)}`);
    actor.stop();
  };
  for (const { state, steps } of getShortestPaths(machine, options) as unknown as readonly Path[]) {
    const way = steps.map(({ event }) => event).filter(({ type }) => type !== 'xstate.init');
    const there = serializeState(state);
    go(way, there);
    // An actor that is done hears nothing more, whatever the graph says.
    if (state.status === 'done') continue;
    for (const { event, state: next } of Object.values(map[there]!.transitions)) {
      go([...way, event], serializeState(next));
    }
  }
  return { taken, ways, astray };
}

interface Vertex {
  readonly transitions: Readonly<
    Record<string, { readonly event: EventObject; readonly state: { readonly value: unknown } }>
  >;
}

interface Path {
  readonly state: { readonly value: unknown; readonly status: string };
  readonly steps: readonly { readonly event: EventObject }[];
}
