import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** Where a transition stands in its chart; XState says `any` of the source. */
interface Stands {
  readonly source: AnyStateNode;
  readonly eventType: string;
}

const known = new WeakMap<AnyTransitionDefinition, string>();

/**
 * What a transition is called, in charts and in inspection.jsonl alike:
 * `<id of its source>|<its event type>|<its place among the source's transitions for that event, from 0>`, for example
 * "step-1-3|xstate.done.actor.0.step-1-3|0". The event type of a transition without an event (`always`) is empty.
 * No two transitions of a machine have one name, and it is the same in every run.
 */
export function transitionId(transition: AnyTransitionDefinition): string {
  const id = known.get(transition) ?? nameOf(transition);
  known.set(transition, id);
  return id;
}

function nameOf(transition: AnyTransitionDefinition): string {
  const { source, eventType } = transition as Stands;
  const siblings = eventType === '' ? source.always : source.transitions.get(eventType);
  const place = siblings?.indexOf(transition) ?? -1;
  if (place < 0) throw new Error(`${source.id} has no such transition for "${eventType}"`);
  return `${source.id}|${eventType}|${place}`;
}
