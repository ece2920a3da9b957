import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** Every transition of a state, in the order in which XState tries them where several events match. */
export function transitionsOf(state: AnyStateNode): readonly AnyTransitionDefinition[] {
  return [...[...state.transitions.values()].flat(), ...(state.always ?? [])];
}

const known = new WeakMap<AnyTransitionDefinition, string | null>();

/**
 * What a transition is called, in charts and in inspection.jsonl alike:
 * `<id of its source>|<its event type>|<its place among the source's transitions for that event, from 0>`, for example
 * "step-1-3|xstate.done.actor.0.step-1-3|0". The event type of a transition without an event (`always`) is empty.
 * No two transitions of a machine have one name, and it is the same in every run. It takes what XState has in a
 * microstep's `_transitions` too, also of a machine whose implementations were provided; null for the step into
 * the initial state, which is no transition of the chart.
 */
export function transitionId(transition: AnyTransitionDefinition): string | null {
  let id = known.get(transition);
  if (id === undefined) {
    const index = placeOf(transition);
    id = index < 0 ? null : `${transition.source.id}|${transition.eventType as string}|${index}`;
    known.set(transition, id);
  }
  return id;
}

/** Place among the source's transitions of the same event; negative where it is none of them. */
export function placeOf(transition: AnyTransitionDefinition): number {
  const { source } = transition;
  const eventType = transition.eventType as string;
  const alike: readonly unknown[] =
    (eventType === '' ? source.always : source.transitions.get(eventType)) ?? [];
  return alike.indexOf(transition);
}
