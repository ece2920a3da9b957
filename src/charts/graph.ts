import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import type { Chart, ChartInvoke, ChartState, ChartTransition } from './chart.js';
import { actionName, guardName } from './names.js';
import { placeOf, transitionId, transitionsOf } from './transition-id.js';

/**
 * The chart of a machine, as its source has it; names and order follow from the source alone.
 *
 * It walks the state nodes itself: `toDirectedGraph` of xstate/graph leaves `always` out, as well as descriptions,
 * invoked actors and initial states, and makes a loop of a transition that has no target.
 */
export function chartOf(machine: AnyStateMachine): Chart {
  const nodes = withDescendants(machine.root);
  return {
    id: machine.id,
    description: machine.root.description ?? null,
    states: nodes.map(stateOf),
    transitions: nodes.flatMap((node) => transitionsOf(node).map(transitionOf)),
  };
}

function withDescendants(node: AnyStateNode): readonly AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(withDescendants)];
}

function stateOf(node: AnyStateNode): ChartState {
  return {
    id: node.id,
    key: node.key,
    parent: node.parent?.id ?? null,
    type: node.type,
    initial: initialOf(node)?.id ?? null,
    history: node.type === 'history' ? (node.history === 'deep' ? 'deep' : 'shallow') : null,
    description: node.description ?? null,
    entry: written(node.config.entry).map(actionName),
    exit: written(node.config.exit).map(actionName),
    invokes: invokesOf(node),
  };
}

/** What the source says: the node's own lists hold the timers of `after` as well. */
function written(actions: unknown): readonly unknown[] {
  return actions === undefined ? [] : [actions].flat();
}

function initialOf(node: AnyStateNode): AnyStateNode | undefined {
  if (node.type === 'compound') return node.initial.target[0];
  const { target } = node.config as { readonly target?: string };
  if (node.type !== 'history' || target === undefined) return undefined;
  return target.split('.').reduce<AnyStateNode | undefined>((at, key) => at?.states[key], node.parent);
}

function invokesOf(node: AnyStateNode): readonly ChartInvoke[] {
  return node.invoke.map(({ id, src }) => ({
    id,
    src: typeof src === 'string' && !src.startsWith('xstate.invoke.') ? src : 'inline actor',
  }));
}

function transitionOf(transition: AnyTransitionDefinition): ChartTransition {
  const { source, target, guard, actions, reenter, description } = transition;
  const eventType = transition.eventType as string;
  const { delay = null } = transition as { readonly delay?: number | string };
  return {
    id: transitionId(transition)!,
    source: source.id,
    targets: (target ?? []).map(({ id }) => id),
    ...kindOf(eventType, delay, invokesOf(source)),
    event: eventType,
    index: placeOf(transition),
    delay,
    guard: guard === undefined ? null : guardName(guard),
    actions: actions.map(actionName),
    reenter,
    description: description ?? null,
  };
}

/** Kinds of transitions by how XState names their events. */
const kinds = [
  { prefix: 'xstate.after.', kind: 'after', happens: '' },
  { prefix: 'xstate.done.state.', kind: 'done', happens: 'done' },
  { prefix: 'xstate.done.actor.', kind: 'done', happens: 'done' },
  { prefix: 'xstate.error.actor.', kind: 'error', happens: 'failed' },
  { prefix: 'xstate.snapshot.', kind: 'snapshot', happens: 'changed' },
] as const;

function kindOf(
  event: string,
  delay: number | string | null,
  invokes: readonly ChartInvoke[],
): Pick<ChartTransition, 'kind' | 'trigger'> {
  if (event === '') return { kind: 'always', trigger: '' };
  const known = kinds.find(({ prefix }) => event.startsWith(prefix));
  if (known === undefined) return { kind: 'event', trigger: event === '*' ? 'any event' : event };
  const { prefix, kind, happens } = known;
  if (kind === 'after')
    return { kind, trigger: `after ${typeof delay === 'number' ? `${delay} ms` : delay}` };
  if (prefix === 'xstate.done.state.') return { kind, trigger: happens };
  const actor = event.slice(prefix.length);
  const name = actor === '*' ? 'any actor' : (invokes.find(({ id }) => id === actor)?.src ?? actor);
  return { kind, trigger: `${name} ${happens}` };
}
