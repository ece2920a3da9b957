import type { AnyActor, InspectionEvent, Snapshot } from 'xstate';
import { pathOf } from './waiting.js';
import type { World } from './world.js';

/**
 * Tells the run's observers of every event that an actor takes, from XState's `inspect`. Actors go by their
 * names in the system: what has none (a task, a link's mailbox) has only a session id, which is another in
 * every run.
 */
export function inspection({ clock, events }: World): (inspected: InspectionEvent) => void {
  return (inspected) => {
    if (inspected.type !== '@xstate.snapshot') return;
    const { systemId: actor } = inspected.actorRef as AnyActor;
    if (actor === undefined) return;
    const { value } = inspected.snapshot as Snapshot<unknown> & { value: unknown };
    const virtualSeconds = clock.nowSeconds;
    events.tell({ type: 'actor', actor, event: inspected.event.type, state: pathOf(value), virtualSeconds });
  };
}
