import type { AnyActor, AnyEventObject, AnyStateMachine, AnyStateNode, InspectionEvent } from 'xstate';
import { transitionId } from '../charts/transition-id.js';
import type { ActorCause, Microstep } from '../records/run-event.js';
import type { BusEvent } from '../simulation/bus/bus.js';
import { causeOf } from './causes.js';
import { pathOf } from './waiting.js';
import type { World } from './world.js';

/** An actor between two of its events. */
interface Inspected {
  readonly ref: AnyActor;
  state: string;
  /** Of events in its mailbox, in their order. */
  readonly causes: { readonly event: AnyEventObject; readonly cause: ActorCause }[];
  /** Those of the event that it is taking now. */
  microsteps: Microstep[];
}

/**
 * Tells the run's observers of every actor, and of every event that one takes with all that it brings about, from
 * XState's `inspect`. Actors go by their names in the system: what has none (a task, a link's mailbox) has only
 * a session id, which is another in every run.
 */
export class Inspection {
  readonly #world: Pick<World, 'clock' | 'events'>;
  readonly #actors = new Map<unknown, Inspected>();
  /** Actors that are made and have not been told of; until they start it is not known how they begin. */
  #made: Inspected[] = [];
  #onBus: BusEvent | null = null;

  constructor(world: Pick<World, 'clock' | 'events' | 'bus'>) {
    this.#world = world;
    world.bus.events.subscribe((event) => (this.#onBus = event));
  }

  next(inspected: InspectionEvent): void {
    const actor = this.#actors.get(inspected.actorRef);
    switch (inspected.type) {
      case '@xstate.actor':
        return this.#keep(inspected.actorRef as AnyActor);
      case '@xstate.event':
        return this.#await(inspected.actorRef as AnyActor, inspected);
      case '@xstate.microstep':
        return actor && keepMicrostep(actor, inspected);
      case '@xstate.snapshot':
        return actor && this.#tell(actor, inspected);
      // Actions, and transitions of logic that is no chart.
      case '@xstate.action':
      case '@xstate.transition':
        return;
    }
  }

  #keep(ref: AnyActor): void {
    const made = { ref, state: '', causes: [], microsteps: [] };
    this.#actors.set(ref, made);
    this.#made.push(made);
  }

  #await(ref: AnyActor, { sourceRef, event }: Of<'@xstate.event'>): void {
    if (this.#made.length > 0) this.#register();
    const cause = causeOf(ref, sourceRef as AnyActor | undefined, event, this.#onBus);
    this.#actors.get(ref)?.causes.push({ event, cause });
  }

  /** Tells of the actors that were made since the last event; those without a name are inspected no further. */
  #register(): void {
    const made = this.#made;
    this.#made = [];
    for (const actor of made) {
      const { systemId } = actor.ref;
      if (systemId === undefined) {
        this.#actors.delete(actor.ref);
        continue;
      }
      const machine = actor.ref.logic as AnyStateMachine;
      actor.state = initialPathOf(machine.root as AnyStateNode);
      this.#world.events.tell({
        type: 'actor-registered',
        actor: systemId,
        machine: machine.id,
        parent: parentOf(actor.ref) ?? null,
        state: actor.state,
        virtualSeconds: this.#world.clock.nowSeconds,
      });
    }
  }

  #tell(actor: Inspected, { event, snapshot }: Of<'@xstate.snapshot'>): void {
    const { microsteps, state: before } = actor;
    actor.state = pathOf((snapshot as { readonly value?: unknown }).value);
    actor.microsteps = [];
    this.#world.events.tell({
      type: 'actor',
      actor: actor.ref.systemId!,
      event: event.type,
      cause: takeCause(actor, event),
      before,
      microsteps,
      state: actor.state,
      virtualSeconds: this.#world.clock.nowSeconds,
    });
  }
}

type Of<T extends InspectionEvent['type']> = Extract<InspectionEvent, { type: T }>;

/** An event that nothing answers is a microstep without transitions: none. */
function keepMicrostep({ microsteps }: Inspected, { snapshot, _transitions }: Of<'@xstate.microstep'>): void {
  if (_transitions.length === 0) return;
  const { value } = snapshot as { readonly value?: unknown };
  microsteps.push({
    transitions: _transitions.flatMap((each) => transitionId(each) ?? []),
    state: pathOf(value),
  });
}

/** What stops an actor (the end of the one that made it) is no event of its mailbox. */
function takeCause({ ref, causes }: Inspected, event: AnyEventObject): ActorCause {
  const place = causes.findIndex((each) => each.event === event);
  if (place < 0) {
    const from = parentOf(ref);
    return from === undefined ? { by: 'run' } : { by: 'actor', from };
  }
  return causes.splice(0, place + 1)[place]!.cause;
}

function parentOf({ _parent }: AnyActor): string | undefined {
  return (_parent as AnyActor | undefined)?.systemId;
}

/** Where a chart begins, before any transition is taken. */
function initialPathOf(node: AnyStateNode): string {
  if (node.type === 'parallel') {
    return Object.values(node.states)
      .map((child) => joined(child))
      .join(' + ');
  }
  const [first] = node.type === 'compound' ? (node.initial.target ?? []) : [];
  return first === undefined ? '' : joined(first);
}

function joined(node: AnyStateNode): string {
  const inner = initialPathOf(node);
  return inner === '' ? node.key : `${node.key}.${inner}`;
}
