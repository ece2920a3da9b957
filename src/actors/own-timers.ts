import type { AnyActorRef } from 'xstate';

/** XState's scheduler of a system, as far as it is of use here; XState calls it internal. */
interface Scheduler {
  schedule: (source: AnyActorRef, target: AnyActorRef, event: object, delay: number, id: string) => void;
  cancel: (source: AnyActorRef, id: string) => void;
  cancelAll: (source: AnyActorRef) => void;
}

/**
 * Has the system of an actor know each actor's timers by themselves. XState 5.33 looks through those of all actors
 * whenever one stops, as every task does: with thousands of links that is most of a run.
 */
export function keepOwnTimers({ system }: AnyActorRef): void {
  const { scheduler } = system as unknown as { readonly scheduler: Scheduler };
  const { schedule, cancel } = scheduler;
  const idsOf = new WeakMap<AnyActorRef, Set<string>>();
  scheduler.schedule = (source, target, event, delay, id) => {
    const ids = idsOf.get(source) ?? new Set();
    idsOf.set(source, ids.add(id));
    schedule(source, target, event, delay, id);
  };
  // To cancel a timer that has fired does nothing.
  scheduler.cancelAll = (source) => {
    for (const id of idsOf.get(source) ?? []) cancel(source, id);
    idsOf.delete(source);
  };
}
