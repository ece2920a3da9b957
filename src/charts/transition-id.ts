import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** Every transition of a state, in the order in which XState tries them where several events match. */
export function transitionsOf(state: AnyStateNode): readonly AnyTransitionDefinition[] {
  return [...[...state.transitions.values()].flat(), ...(state.always ?? [])];
}

/**
 * The name of a transition in its machine's chart, "waiting:device.on:0": the source's id, XState's type of the
 * event ("" of always), and the place among the source's transitions of that event. It takes what XState has in
 * a microstep's `_transitions` too, also of a machine whose implementations were provided; null for the step
 * into the initial state, which is no transition of the chart.
 */
export function transitionId(transition: AnyTransitionDefinition): string | null {
  const index = placeOf(transition);
  return index < 0 ? null : `${transition.source.id}:${transition.eventType as string}:${index}`;
}

/** Place among the source's transitions of the same event; negative where it is none of them. */
export function placeOf(transition: AnyTransitionDefinition): number {
  const { source } = transition;
  const eventType = transition.eventType as string;
  const alike: readonly unknown[] =
    (eventType === '' ? source.always : source.transitions.get(eventType)) ?? [];
  return alike.indexOf(transition);
}
